"""What is held about a person, as cards on pages that fit into one bubble each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flows.kit.reply import length_of
from flows.kit.texts import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flows.kit.turn import Item, Turn

#: Stands for a value that nobody asked to see.
HIDDEN: Final = "••••"
#: Leaves room for the sentence before the cards and the question behind them.
MAX_PAGE_CHARS: Final = 1500

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

    def text(self, *, is_shown: bool) -> str:
        """Give the form that is asked for."""
        return self.shown if is_shown else self.hidden

    @property
    def length(self) -> int:
        """Length of the longer form, with the heading that it may need."""
        return max(length_of(self.hidden), length_of(self.shown)) + length_of(self.category) + 4


def pages_of(turn: Turn, items: Iterable[Item]) -> list[list[Card]]:
    """Lay the cards out by category; the same pages whether values are shown or not."""
    pages: list[list[Card]] = []
    room = 0
    for card in _cards(turn, items):
        if card.length > room:
            pages.append([])
            room = MAX_PAGE_CHARS
        pages[-1].append(card)
        room -= card.length
    return pages


def page_text(page: list[Card], *, is_shown: bool) -> str:
    """Write a page, with a heading where a category begins."""
    blocks = []
    heading = ""
    for card in page:
        begins = card.category != heading
        heading = card.category
        text = card.text(is_shown=is_shown)
        blocks.append(f"{heading.upper()}\n{text}" if begins else text)
    return "\n\n".join(blocks)


def _cards(turn: Turn, items: Iterable[Item]) -> Iterator[Card]:
    by_category: dict[str, list[Item]] = {}
    for item in items:
        by_category.setdefault(item.category, []).append(item)
    for category, members in by_category.items():
        for item in members:
            yield Card(category, _card(turn, item, HIDDEN), _card(turn, item, item.value))


def _card(turn: Turn, item: Item, value: str) -> str:
    return turn.tell(
        _(
            "{label}: {value}\nWhat for: {purpose} · Legal basis: {basis} · Kept: {kept} · "
            "{origin} · Who else gets it: {recipients}"
        ),
        label=item.label,
        value=value,
        purpose=item.purpose,
        basis=item.basis,
        kept=item.kept,
        origin=turn.tell(ORIGINS[item.origin]),
        recipients=item.recipients or turn.tell(_("nobody")),
    )
