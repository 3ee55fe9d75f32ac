"""What is held of a person, in words and values that people read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from bot.clock import clock_time
from bot.pages.kept import STATE, group_of
from bot.pages.press import BASES
from bot.pages.texts import NAMES, Voice
from flows.detail_texts import LABELS
from flows.held_values import in_words
from flows.kit.found import Item
from flows.kit.texts import translate
from storage.data_map import COLUMNS, FIELDS, Entry, Form
from storage.holdings import LONG, Held

#: Where a table has many rows, each row comes from one side: cards put what has one origin
#: together, so a row would be torn apart otherwise, and nobody could tell which yes was for what.
_ORIGIN_OF_TABLE = {
    "details": "provided",
    **dict.fromkeys(("consents", "consent_status", "cases", "policy_tellings"), "observed"),
}
#: Of the person and the conversation: what people told us, what Messenger told us; the rest is
#: our own.
_PROVIDED = {"age_ok", "skipped"}
_OBSERVED = {"psid", "page_id", "window_ends_at_ms", "created_at_ms", "language"}


@dataclass(frozen=True, slots=True)
class Names:
    """What the configuration calls things, in one language."""

    #: Who else gets data, for people to read.
    recipients: str
    #: By id.
    purposes: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)

    def of(self, column: str, value: object) -> str:
        """Return the name of a purpose or a Page; empty where the value is none, or has none."""
        if column in {"purpose_id", "about"}:  # a link is about a purpose or a detail
            return self.purposes.get(str(value), "")
        name = self.pages.get(str(value), "") if column == "page_id" else ""
        return f"{name} ({value})" if name else ""


def items_of(held: Iterable[Held], names: Names, *, language: str) -> Iterator[Item]:
    """Return everything held as items, in the person's language."""
    voice = Voice(language)
    for one in held:
        for table, name, value, entry in fields_of(one):
            item = item_of(table, name, entry, voice, recipients=names.recipients)
            told = names.of(name, value) or text_of(name, value, language)
            yield replace(item, value=told)


def fields_of(held: Held) -> Iterator[tuple[str, str, Any, Entry]]:
    """Yield table, name, value and entry of what is held; the state has many fields."""
    if held.column != "state":
        is_text = held.entry.form is Form.SEALED
        yield held.table, held.column, held.value.decode() if is_text else held.value, held.entry
        return
    for name, value in msgspec.json.decode(held.value).items():
        yield STATE, name, value, FIELDS[name]


def item_of(table: str, name: str, entry: Entry, voice: Voice, *, recipients: str) -> Item:
    """Return what is told of a column or a field, without its value."""
    return Item(
        category=str(voice.say(group_of(table, entry).title)),
        label=str(voice.say(entry.holds)),
        value="",
        purpose=str(voice.say(entry.purpose)),
        basis=str(voice.say(BASES[entry.basis])),
        kept=str(voice.say(entry.kept)),
        origin=origin_of(table, name),
        recipients=recipients,
    )


def origin_of(table: str, name: str) -> str:
    """Tell who a column or a field comes from: "provided", "observed" or "derived"."""
    if table not in {"people", STATE}:
        return _ORIGIN_OF_TABLE.get(table, "derived")
    if name in _PROVIDED:
        return "provided"
    return "observed" if name in _OBSERVED else "derived"


def older_item(count: int, *, language: str, recipients: str) -> Item:
    """Return what stands for rows that are not listed; it has no value."""
    entry = COLUMNS[LONG.name]["at_ms"]
    about = item_of(LONG.name, "at_ms", entry, Voice(language), recipients=recipients)
    return replace(about, older=count)


def text_of(column: str, value: Any, language: str) -> str:
    """Write a value for people."""
    if isinstance(value, bytes):
        return value.hex()[:16]
    if isinstance(value, bool):
        return translate(language, "Yes" if value else "No")
    if column == "pace":
        return ", ".join(f"{word} {count}" for word, count in value.items())
    if isinstance(value, dict):
        return " / ".join(str(part) for part in (value["flow"], value["place"]))
    if column.endswith("_ms"):
        return clock_time(value) if value else translate(language, "No")
    return in_words(language, column, value) or _named(column, value, language)


def _named(column: str, value: Any, language: str) -> str:
    if column == "language":
        return NAMES.get(str(value), str(value))
    if column in {"field", "about", "skipped"}:
        names = value if isinstance(value, list) else [value]
        return ", ".join(translate(language, LABELS.get(str(n), str(n))) for n in names)
    return str(value)
