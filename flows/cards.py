"""What is held about a person, as cards on pages that fit into one bubble each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flows.kit.reply import length_of
from flows.kit.texts import _, translate
from flows.rights_words import EXPORT
from flows.words import as_shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flows.kit.found import Item
    from flows.kit.turn import Turn

#: Stands for a value that nobody asked to see.
HIDDEN: Final = "••••"
#: Leaves room for the sentence before the cards and the question behind them.
MAX_PAGE_CHARS: Final = 1500

#: What is said of one thing beside its value.
DETAILS: Final = _(
    "What for: {purpose} · Legal basis: {basis} · Kept: {kept} · "
    "{origin} · Who else gets it: {recipients}"
)
NOBODY: Final = _("nobody")
ORIGINS: Final = {
    "provided": _("You gave it"),
    "observed": _("We noted it"),
    "derived": _("We worked it out"),
}


class Card(NamedTuple):
    """One thing, in both forms; pages are laid out for the longer one."""

    category: str
    hidden: str
    shown: str
    #: What for, on what basis, how long: said once for neighbours that share it.
    details: str

    def text(self, *, is_shown: bool) -> str:
        """Give the form that is asked for."""
        return self.shown if is_shown else self.hidden


def pages_of(turn: Turn, items: Iterable[Item]) -> list[list[Card]]:
    """Lay the cards out by category; the same pages whether values are shown or not."""
    pages: list[list[Card]] = [[]]
    for card in _cards(turn, items):
        if pages[-1] and _length([*pages[-1], card]) > MAX_PAGE_CHARS:
            pages.append([])
        pages[-1].append(card)
    return [page for page in pages if page]


def _length(page: list[Card]) -> int:
    return max(length_of(page_text(page, is_shown=is_shown)) for is_shown in (True, False))


def page_text(page: list[Card], *, is_shown: bool) -> str:
    """Write a page, with a heading where a category begins, and details where they change."""
    lines: list[str] = []
    for place, card in enumerate(page):
        before = page[place - 1] if place else None
        if before is not None and (before.category, before.details) != (
            card.category,
            card.details,
        ):
            lines.append("")
        if before is None or before.category != card.category:
            lines.append(card.category.upper())
        lines.append(card.text(is_shown=is_shown))
        after = page[place + 1] if place + 1 < len(page) else None
        if after is None or (after.category, after.details) != (card.category, card.details):
            lines.append(card.details)
    return "\n".join(lines)


def _cards(turn: Turn, items: Iterable[Item]) -> Iterator[Card]:
    """Make the cards, those of one category together, and in it those with the same details."""
    grouped: dict[str, dict[str, list[Item]]] = {}
    for item in items:
        grouped.setdefault(item.category, {}).setdefault(
            details_in(turn.language, item), []
        ).append(item)
    for category, by_details in grouped.items():
        for details, members in by_details.items():
            for item in members:
                yield Card(category, *_forms(turn, item), details)


def _forms(turn: Turn, item: Item) -> tuple[str, str]:
    """Write an item without its value, and with it."""
    if item.older:
        word = as_shown(EXPORT, turn.language)
        older = turn.tell(
            _("… and {count} more. {export} has them all."), count=item.older, export=word
        )
        return older, older
    return f"{item.label}: {HIDDEN}", f"{item.label}: {item.value}"


def details_in(language: str, item: Item) -> str:
    """Say what an item is for, on what basis it is kept, how long, and who else gets it."""
    return translate(language, DETAILS).format_map(
        {
            "purpose": item.purpose,
            "basis": item.basis,
            "kept": item.kept,
            "origin": translate(language, ORIGINS[item.origin]),
            "recipients": item.recipients or translate(language, NOBODY),
        }
    )
