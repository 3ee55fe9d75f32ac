"""What is sealed of a turn, as the first release wrote it: it is read for ever, and written so."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.inbound.events import Message, Postback, WireEvent
from bot.inbound.kinds import decode, encode
from bot.outbound.render import render
from bot.turns.own_events import due_in, found, found_in, timed_out
from bot.turns.state import State, from_bytes, to_bytes
from flows.kit.found import Found
from flows.kit.person import Memory, Position
from flows.kit.reply import Button, Choice, Reply
from storage import PersonId

KEPT = json.loads((Path(__file__).parent / "golden" / "kept_1.json").read_text(encoding="utf-8"))
NOBODY = PersonId(bytes(16))
NOON_MS = 1_790_942_400_000
NOON = datetime.fromtimestamp(NOON_MS / 1000, UTC)
STATES = {
    "a stranger": State(),
    "everything": State(
        Position("opt_in", 2, "ask", {"purpose": "news"}),
        Memory(
            age_ok=False,
            age_asked=2,
            told_at=NOON,
            last_heard_at=NOON,
            owes_stop_confirmation=True,
            skipped=("email",),
            answers_told=1,
        ),
        NOON_MS,
    ),
}
EVENTS: dict[str, WireEvent] = {
    "a text": Message(page_id="1", psid="7", at_ms=NOON_MS, mid="m_1", text="Grüße"),
    "a tap": Postback(page_id="1", psid="7", at_ms=NOON_MS, mid="m_2", title="Yes", payload="yes"),
}
REPLIES = {
    "a question": Reply("May we?", choices=(Choice("Yes", "yes"), Choice("No", "no"))),
    "a link": Reply("Here:", buttons=(Button("Open", url="https://example.org/a"),)),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_is_kept_as_ever(name: str) -> None:
    """What was remembered of somebody is remembered after an update, and kept in the same form."""
    kept = KEPT["states"][name].encode()
    assert from_bytes(kept) == STATES[name]
    assert to_bytes(STATES[name]) == kept


def test_own_events_are_kept_as_ever() -> None:
    """A timer that ran out, and what was found, still say so after an update."""
    kept = {name: body.encode() for name, body in KEPT["own events"].items()}
    assert due_in(kept["a timer"]) == NOON_MS
    assert found_in(kept["found"]) == Found("details", facts={"name": "given"})
    assert found_in(kept["found nothing more"]) == Found("export")
    assert timed_out(NOBODY, NOON_MS, now_ms=NOON_MS).body == kept["a timer"]
    written = found(NOBODY, "details", {"name": "given"}, now_ms=NOON_MS)
    assert written.body == kept["found"]


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_waits_as_ever(name: str) -> None:
    """What waited in the inbox through an update is what Messenger told, in the same form."""
    kept = bytes.fromhex(KEPT["events"][name])
    assert decode(kept) == EVENTS[name]
    assert encode(EVENTS[name]) == kept


@pytest.mark.parametrize("name", REPLIES)
def test_a_message_waits_as_ever(name: str) -> None:
    """What waits in the outbox is in the form in which Messenger takes it."""
    assert render(REPLIES[name]) == KEPT["messages"][name].encode()
