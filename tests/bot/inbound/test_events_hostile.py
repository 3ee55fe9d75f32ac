"""Nothing that comes in a signed body can break the door, or be lost with something broken."""

import json
from contextlib import suppress
from typing import Any

import pytest

from bot.inbound.events import (
    MAX_ITEMS,
    Edit,
    Message,
    NotAPageObject,
    NotJson,
    OptIn,
    PageChange,
    Postback,
    TooManyItems,
    parse_body,
)
from bot.inbound.messages import MAX_TEXT_CHARS

from .bodies import PAGE_ID, a_body, an_item, parsed_from


def _message(raw: bytes) -> Message:
    (event,) = parse_body(raw).events
    assert isinstance(event, Message)
    return event


WRONG = [
    5,
    "text",
    None,
    [],
    {"sender": "7001", "message": {"mid": "m"}},
    {"sender": {"id": 1.5}, "message": {"mid": "m"}},
    {"sender": {"id": True}, "message": {"mid": "m"}},
    {"sender": {"id": ""}, "message": {"mid": "m"}},
    {"sender": {"id": "7\x00001"}, "message": {"mid": "m"}},
    {"sender": {"id": "7" * 65}, "message": {"mid": "m"}},
    {"sender": {"id": int("7" * 65)}, "message": {"mid": "m"}},
    {"sender": {"id": "ż"}, "message": {"mid": "m"}},
    {"sender": {"id": "7001"}, "message": 5},
    {"sender": {"id": "7001"}, "message": {"mid": 5}},
    {"sender": {"id": "7001"}, "message": {"mid": "m" * 501}},
    {"sender": {"id": "7001"}, "message": {"mid": "m", "text": {}}},
    {"sender": {"id": "7001"}, "message": {"mid": "m", "attachments": {}}},
    {"sender": {"id": "7001"}, "message": {"mid": "m", "commands": [{}]}},
    {"sender": {"id": "7001"}, "timestamp": {}, "message": {"mid": "m"}},
    {"sender": {"id": "7001"}, "message_edit": {"mid": "m", "num_edit": "many"}},
    {"sender": {"id": "7001"}, "message_edit": {"mid": "m", "num_edit": -1}},
    {"sender": {"id": "7001"}, "message_edit": {"mid": "m", "num_edit": 10**30}},
    {"sender": {"id": "7001"}, "message_edit": {"num_edit": 1}},
    {"sender": {"id": "7001"}, "delivery": {"mids": [5]}},
    {"sender": {"id": "7001"}, "pass_thread_control": {"new_owner_app_id": "\x00"}},
    {"sender": {"id": "7001"}, "app_roles": {"22": 5}},
    {"sender": {"id": "7001"}, "account_linking": {}},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_bad_item_spoils_no_neighbour(wrong: Any) -> None:
    """An item of wrong shape is counted, and those before and after it are kept."""
    parsed = parsed_from(an_item("m_before"), wrong, an_item("m_after"))
    mids = [event.mid for event in parsed.events if isinstance(event, Message)]
    assert mids == ["m_before", "m_after"]
    assert parsed.unsupported == ("malformed",)


@pytest.mark.parametrize("page_id", [None, [], 1.5, "", "5\x005", "5" * 65])
def test_bad_entry_spoils_no_neighbour(page_id: Any) -> None:
    """An entry without a Page is counted once, and the next one is read."""
    body = json.loads(a_body(an_item()))
    body["entry"].insert(0, {"id": page_id, "messaging": [an_item("m_lost")]})
    parsed = parse_body(json.dumps(body).encode())
    assert (len(parsed.events), parsed.unsupported) == (1, ("malformed",))


@pytest.mark.parametrize("channel", ["messaging", "standby", "changes"])
def test_every_list_is_read_item_by_item_where_needed(channel: str) -> None:
    """A bad item is survived on each channel."""
    item = {"field": "messages", "value": an_item()} if channel == "changes" else an_item()
    parsed = parsed_from(5, item, channel=channel)
    assert (len(parsed.events), parsed.unsupported) == (1, ("malformed",))
    assert parsed.events[0].is_standby is (channel == "standby")


def test_list_of_wrong_type_is_counted() -> None:
    """An entry whose list is no list is counted as a whole."""
    raw = b'{"object":"page","entry":[{"id":"1","messaging":{}},{"id":"1"}]}'
    assert parse_body(raw) == ((), ("malformed",))


@pytest.mark.parametrize("value", [None, 5, [], {}, {"message": 5}, {"message": {"mid": 5}}])
def test_bad_value_of_a_messaging_field_is_survived(value: Any) -> None:
    """A change of a messaging field that holds no event is counted or noted, never raised."""
    parsed = parsed_from({"field": "messages", "value": value}, channel="changes")
    assert parsed.unsupported == ("malformed",) or isinstance(parsed.events[0], PageChange)


def test_standby_field_of_changes_stays_standby() -> None:
    """An item that the dashboard sends for `standby` may not be answered either."""
    parsed = parsed_from({"field": "standby", "value": an_item()}, channel="changes")
    assert parsed.events[0].is_standby


@pytest.mark.parametrize(
    ("written", "at_ms"),
    [
        (1795430399900, 1795430399900),
        ("1795430399900", 1795430399900),
        (1795430399, 1795430399000),
        ("1795430399", 1795430399000),
        (1795430399.5, 1795430399500),
        (1795430399900.7, 1795430399900),
        (0, None),
        (-5, None),
        ("", None),
        ("soon", None),
        ("-1795430399", None),
        ("1" * 5000, None),
        (10**30, None),
        (253402300800000, None),
        (1e300, None),
        (None, None),
    ],
)
def test_times_are_read_however_they_are_written(written: Any, at_ms: int | None) -> None:
    """Seconds and milliseconds, numbers and text all become milliseconds; nonsense becomes none."""
    assert _message(a_body(an_item(timestamp=written))).at_ms == at_ms


def test_everything_beside_the_event_may_be_missing() -> None:
    """Without sender, recipient and time an event is still an event."""
    (event,) = parsed_from({"message": {"text": "hello"}}).events
    assert (event.psid, event.at_ms, event.creates_person) == (None, None, False)


@pytest.mark.parametrize("key", ["reaction", "read", "delivery", "postback", "optin", "referral"])
def test_what_the_page_did_itself_is_no_event_of_a_person(key: str) -> None:
    """An item sent by the Page is counted and dropped, unless it is an echo or moves the thread."""
    item = {"sender": {"id": PAGE_ID}, "recipient": {"id": "7001"}, key: {}}
    assert parsed_from(item) == ((), ("from_page",))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"cut \ud83d", "cut \ufffd"),
        (rb"\ude00 cut", "\ufffd cut"),
        (rb"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (rb"\uD83D\uDE00", "\U0001f600"),
        (rb"a \\ud83d b", r"a \ud83d b"),
        (rb"\\\ud83d", "\\\ufffd"),
        (rb"\ud83d\u0041", "\ufffdA"),
    ],
)
def test_half_an_emoji_is_replaced(written: bytes, read: str) -> None:
    """A surrogate without its other half, which Python's text cannot hold, loses nothing else."""
    assert _message(a_body(an_item()).replace(b"hello", written)).text == read


def test_half_an_emoji_beside_a_bad_item_is_replaced() -> None:
    """Both ways of being wrong together are survived."""
    raw = a_body(5, an_item()).replace(b"hello", rb"STOP \ud83d")
    assert _message(raw).text == "STOP \ufffd"


def test_nul_in_a_text_is_kept() -> None:
    """A text is sealed as bytes, so it may hold what a database's own text may not."""
    assert _message(a_body(an_item(message={"mid": "m", "text": "a\x00b"}))).text == "a\x00b"


def test_long_values_are_cut() -> None:
    """What comes back longer than it can have been sent is cut, not refused."""
    long = "x" * 100_000
    message = _message(
        a_body(an_item(message={"mid": "m", "text": long, "quick_reply": {"payload": long}}))
    )
    assert (len(message.text or ""), len(message.payload or "")) == (MAX_TEXT_CHARS, 1000)
    others = parsed_from(
        {"sender": {"id": "7001"}, "message_edit": {"mid": "m", "text": long, "num_edit": 1}},
        {"sender": {"id": "7001"}, "postback": {"payload": long, "title": long}},
        {"sender": {"id": "7001"}, "optin": {"payload": long, "ref": long}},
    ).events
    assert [type(event) for event in others] == [Edit, Postback, OptIn]
    assert all(len(event.natural_id()) < 1200 for event in others)


def test_many_attachments_are_cut() -> None:
    """A message with absurdly many attachments is a message with some."""
    attached = [{"type": "image"}] * 5000
    assert (
        len(_message(a_body(an_item(message={"mid": "m", "attachments": attached}))).attachments)
        == 30
    )


@pytest.mark.parametrize("payload", [None, 5, "x", [], {"sticker_id": None}, {"deep": [[[]]]}])
def test_attachment_payload_may_be_anything(payload: Any) -> None:
    """A text is not lost because of what was attached to it."""
    message = {"mid": "m", "text": "STOP", "attachments": [{"type": "image", "payload": payload}]}
    assert _message(a_body(an_item(message=message))).attachments == ("image",)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"{",
        b"nonsense",
        b'{"object":"page","entry":[{"id":"1","messaging":[{"message":{"text":"x',
        b'{"object":"page","entry":[]} trailing',
        b'{"object":5,"entry":[}',
        b'{"object":"page","entry":[{"id":NaN}]}',
        b'{"object":"page","entry":[{"id":"1","messaging":[{"timestamp":Infinity}]}]}',
        b'\xef\xbb\xbf{"object":"page"}',
        '{"object":"page"}'.encode("utf-16"),
        b'{"object":"page","entry":' + b"[" * 2_000_000,
        b'{"object":"page","entry":[],"x":' + b'{"a":' * 30_000 + b"1" + b"}" * 30_000 + b"}",
        b'{"object":"pa\xffge","entry":[]}',
    ],
    ids=range(14),
)
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    """Bytes that are no JSON, or nested beyond reason, raise one error."""
    with pytest.raises(NotJson):
        parse_body(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"5",
        b"null",
        b'"page"',
        b"[]",
        b"{}",
        b'{"entry":[]}',
        b'{"object":5}',
        b'{"object":"instagram","entry":[]}',
        b'{"object":"user","entry":[{"uid":5}]}',
        b'{"object":"page","entry":{}}',
    ],
)
def test_json_about_something_else_is_told_apart(raw: bytes) -> None:
    """Good JSON that is not about a Page is not called broken."""
    with pytest.raises(NotAPageObject):
        parse_body(raw)


@pytest.mark.parametrize("key", ["messaging_feedback", "message", "optin", "nobody_knows"])
def test_no_depth_of_nesting_is_too_much(key: str) -> None:
    """At every depth a body is read, counted or refused; the edge of what can be read is no gap."""
    for depth in range(1, 1100, 3):
        deep = b'{"attachments":[{"payload":' + b"[" * depth + b"]" * depth + b"}]}"
        item = b'{"sender":{"id":"7001"},"%b":%b}' % (key.encode(), deep)
        with suppress(NotJson):
            parse_body(b'{"object":"page","entry":[{"id":"1","messaging":[%b]}]}' % item)


def test_a_full_body_of_the_platform_is_read_whole() -> None:
    """A thousand items in one body, the most that Meta announces, are all read."""
    assert len(parsed_from(*(an_item(f"m_{number}") for number in range(1000))).events) == 1000


def test_absurdly_many_items_are_refused_as_a_whole() -> None:
    """More than Meta can mean is refused, so nothing is acknowledged and lost."""
    for item in (an_item(), 5):
        with pytest.raises(TooManyItems):
            parsed_from(*([item] * (MAX_ITEMS + 1)))
    with pytest.raises(TooManyItems):
        parse_body(b'{"object":"page","entry":[' + b"{}," * 300_000 + b"{}]}")


def test_a_key_given_twice_counts_once() -> None:
    """Of a doubled key the last counts, everywhere alike."""
    raw = a_body(an_item()).replace(b'"text": "hello"', b'"text": "first", "text": "last"')
    assert _message(raw).text == "last"
