"""Every event shape of the platform becomes the event it is."""

import json
from typing import get_args

import msgspec
import pytest

from bot.inbound.events import (
    Message,
    OptIn,
    Parsed,
    Postback,
    Referral,
    WireEvent,
    decode,
    encode,
    kind_of,
    parse_body,
)

from .conftest import PAYLOADS
from .expected import AT_MS, EXPECTED, PAGE_ID, PSID


def _parsed(name: str) -> Parsed:
    return parse_body((PAYLOADS / f"{name}.json").read_bytes())


def test_every_file_and_every_kind_is_tried() -> None:
    """There is a body for every kind of event, and an expectation for every body."""
    files = {path.stem for path in PAYLOADS.glob("*.json")}
    assert files == {*EXPECTED, "many_entries", "order_unknown"}
    assert {type(event) for event in EXPECTED.values()} == set(get_args(WireEvent))


@pytest.mark.parametrize("name", EXPECTED)
def test_body_becomes_its_event(name: str) -> None:
    """A body as Meta sends it becomes exactly one event, with nothing that is not needed."""
    assert _parsed(name) == ((EXPECTED[name],), ())


@pytest.mark.parametrize("name", EXPECTED)
def test_kept_event_comes_back_as_it_was(name: str) -> None:
    """What is written to the inbox is read back as the same event."""
    assert decode(encode(EXPECTED[name])) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_event_has_one_id_on_both_channels(name: str) -> None:
    """An event is the same one whether it comes as ours or in standby."""
    event = EXPECTED[name]
    moved = msgspec.structs.replace(event, is_standby=not event.is_standby)
    assert moved.natural_id() == event.natural_id()


def test_different_events_have_different_ids() -> None:
    """Of the catalogue, only what tells the same thing twice is taken for a repeat."""
    repeats = {"delivery_without_mids", "read_standby", "referral_ad"}
    ids = [event.natural_id() for name, event in EXPECTED.items() if name not in repeats]
    assert len(ids) == len(set(ids))


def test_unknown_key_is_counted() -> None:
    """An event that nobody described is counted, not refused."""
    assert _parsed("order_unknown") == ((), ("unknown",))


def test_all_entries_are_read_in_order() -> None:
    """A body with several Pages and several items gives all of them, as they stand."""
    events = _parsed("many_entries").events
    assert [(event.page_id, event.natural_id()[-5:-2]) for event in events] == [
        ("555000111", "110"),
        ("555000111", "111"),
        ("555000222", "220"),
        ("555000222", "221"),
    ]


def test_only_turning_to_the_page_creates_a_person() -> None:
    """Messages, postbacks, opt-ins and referrals make somebody known; nothing else does."""
    creators = {name for name, event in EXPECTED.items() if event.creates_person}
    expected = {
        name
        for name, event in EXPECTED.items()
        if isinstance(event, Message | Postback | OptIn | Referral) and "standby" not in name
    }
    nobody = {"postback_plugin", "optin_checkbox"}  # they have no id yet
    not_coming = {"message_deleted", "optin_notifications_stopped"}
    assert creators == expected - nobody - not_coming


def test_echo_keeps_no_text() -> None:
    """What the Page said is in no event, under no name."""
    for name in ("echo_ours", "echo_page_inbox", "echo_standby"):
        said = json.loads((PAYLOADS / f"{name}.json").read_text())
        channel = "standby" if "standby" in name else "messaging"
        text = said["entry"][0][channel][0]["message"]["text"]
        assert text.encode() not in encode(EXPECTED[name]).replace(b"echo", b"")


def test_taking_back_is_no_repeat_of_the_message() -> None:
    """A message and its removal share a message id, and are two events."""
    there = Message(page_id=PAGE_ID, psid=PSID, mid="m_A1")
    gone = Message(page_id=PAGE_ID, psid=PSID, mid="m_A1", is_deleted=True)
    assert there.natural_id() != gone.natural_id()


def test_events_without_message_id_differ_by_time() -> None:
    """Where Meta gives no message id, the content and the time tell events apart."""
    first = Postback(page_id=PAGE_ID, psid=PSID, at_ms=AT_MS, payload="HELP")
    later = Postback(page_id=PAGE_ID, psid=PSID, at_ms=AT_MS + 1, payload="HELP")
    words = Message(page_id=PAGE_ID, psid=PSID, at_ms=AT_MS, text="hello")
    other = Message(page_id=PAGE_ID, psid=PSID, at_ms=AT_MS, text="hullo")
    assert len({each.natural_id() for each in (first, later, words, other)}) == 4


def test_natural_id_is_stable() -> None:
    """Ids are compared with those of earlier versions, so their form stays."""
    assert EXPECTED["message_text"].natural_id() == '["555000111","message","m_A1"]'
    assert EXPECTED["message_edit"].natural_id() == '["555000111","edit","m_A1",1]'
    assert EXPECTED["read"].natural_id() == '["555000111","read","7001",1795430399000]'


def test_kinds_have_short_names() -> None:
    """The names of the kinds serve as labels, so they are short and plain."""
    kinds = {kind_of(event) for event in EXPECTED.values()}
    assert len(kinds) == len(get_args(WireEvent))
    assert all(kind.replace("_", "").isalpha() and len(kind) < 24 for kind in kinds)


def test_event_of_a_later_version_is_readable() -> None:
    """During a rolling upgrade a field that this version does not know is passed over."""
    newer = msgspec.msgpack.encode(
        {"type": "read", "page_id": PAGE_ID, "watermark_at_ms": 1, "new_field": [1]}
    )
    assert decode(newer).page_id == PAGE_ID
