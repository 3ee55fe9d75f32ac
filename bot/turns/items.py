"""What is held of a person, in words and values that people read."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from bot.pages.kept import STATE, group_of
from bot.pages.press import BASES
from bot.pages.texts import NAMES, Voice
from flows.held_values import in_words
from flows.kit.texts import translate
from flows.kit.turn import Item
from storage.data_map import FIELDS, Entry
from storage.holdings import Held

#: What people told us themselves; what Messenger told us; the rest we made ourselves.
_PROVIDED = {"act", "granted_at_ms", "refused_at_ms", "withdrawn_at_ms", "age_ok", "kind"}
_OBSERVED = {"psid", "page_id", "window_ends_at_ms", "platform_at_ms", "created_at_ms", "language"}
#: Texts that stand sealed; other bytes are random numbers or hashes.
_TEXTS = {"psid", "answer", "value"}


def items_of(held: Iterable[Held], *, language: str, recipients: str) -> Iterator[Item]:
    """Return everything held as items, in the person's language."""
    voice = Voice(language)
    for one in held:
        if one.column == "state":
            for name, value in msgspec.json.decode(one.value).items():
                yield _item(STATE, name, value, FIELDS[name], voice, recipients)
        else:
            yield _item(one.table, one.column, one.value, one.entry, voice, recipients)


def _item(table: str, column: str, value: Any, entry: Entry, voice: Voice, recipients: str) -> Item:
    return Item(
        category=str(voice.say(group_of(table, entry).title)),
        label=str(voice.say(entry.holds)),
        value=_shown(column, value, voice.language),
        purpose=str(voice.say(entry.purpose)),
        basis=str(voice.say(BASES[entry.basis])),
        kept=str(voice.say(entry.kept)),
        origin="derived" if table == "accesses" else _origin(column),
        recipients=recipients,
    )


def _origin(column: str) -> str:
    if column in _PROVIDED:
        return "provided"
    return "observed" if column in _OBSERVED else "derived"


def _shown(column: str, value: Any, language: str) -> str:
    if isinstance(value, bool):
        return translate(language, "Yes" if value else "No")
    if column.endswith("_at_ms"):
        return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    if column == "language":
        return NAMES.get(str(value), str(value))
    if words := in_words(language, column, value):
        return words
    if isinstance(value, dict):
        return " / ".join(str(part) for part in (value["flow"], value["place"]))
    return value.hex()[:16] if isinstance(value, bytes) and column not in _TEXTS else _text(value)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
