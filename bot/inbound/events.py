"""A webhook body becomes events. Here is the whole door between Meta's JSON and the bot.

A body that is as it should be is decoded in one go. Where anything in it is wrong, it is read again
item by item, so that a bad item spoils no other: it is counted and the rest is kept.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from bot.errors import BotError
from bot.inbound import shapes
from bot.inbound.event import digest_of, kind_of
from bot.inbound.kinds import (
    AccountLinking,
    AppRoles,
    AttachmentKind,
    CustomerInformation,
    Delivery,
    Echo,
    Edit,
    Feedback,
    GamePlay,
    LeadForm,
    Message,
    OptIn,
    PageChange,
    PolicyEnforcement,
    Postback,
    Reaction,
    Read,
    Referral,
    ThreadControl,
    WireEvent,
    decode,
    encode,
)
from bot.inbound.reading import Unsupported, read_item
from bot.inbound.seen import Where, read_id, read_ms

__all__ = [
    "AccountLinking",
    "AppRoles",
    "AttachmentKind",
    "CustomerInformation",
    "Delivery",
    "Echo",
    "Edit",
    "Feedback",
    "GamePlay",
    "LeadForm",
    "Message",
    "NotAPageObject",
    "NotJson",
    "OptIn",
    "PageChange",
    "Parsed",
    "PolicyEnforcement",
    "Postback",
    "Reaction",
    "Read",
    "Referral",
    "ThreadControl",
    "TooManyItems",
    "Unsupported",
    "WireEvent",
    "decode",
    "encode",
    "kind_of",
    "parse_body",
]

#: Meta plans with up to 1,000 updates in a body; more than this is no body of Meta's.
MAX_ITEMS: Final = 5000
#: An item has about six objects in it. Counted before decoding, which would make them all first.
MAX_OBJECTS: Final = 40 * MAX_ITEMS

#: The fields whose changes, as the dashboard's test button sends them, hold an item.
_MESSAGING_FIELDS: Final = re.compile(r"messag|standby|response_feedback")
#: One escape sequence: a pair of surrogates, a lone one (group 1), or any other.
_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
#: A string of JSON, also one that has no end; possessive, so that no input takes long.
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)

_BODY: Final = msgspec.json.Decoder(shapes.Body)
_LOOSE_BODY: Final = msgspec.json.Decoder(shapes.LooseBody)
_LOOSE_ENTRY: Final = msgspec.json.Decoder(shapes.LooseEntry)
_ITEM: Final = msgspec.json.Decoder(shapes.Item)
_TIME: Final[msgspec.json.Decoder[shapes.Time | None]] = msgspec.json.Decoder(shapes.Time | None)
_CHANGE: Final = msgspec.json.Decoder(shapes.Change)
_ANY: Final = msgspec.json.Decoder(msgspec.Raw)

#: What msgspec raises where the bytes are no JSON, or JSON of another shape.
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class NotJson(BotError):
    """The body is not JSON, or nested deeper than any event is."""

    advice = "Nothing, unless it goes on: then see whether a proxy changes request bodies."


class NotAPageObject(BotError):
    """The body is JSON, but not about a Page."""

    advice = "Subscribe this callback to the object `page` only."


class TooManyItems(BotError):
    """The body holds more items than Meta ever sends."""

    advice = "Find out who else knows the app secret; change it if in doubt."


class Parsed(NamedTuple):
    """What a body held: the events, and for everything else the reason why it is none."""

    events: tuple[WireEvent, ...]
    unsupported: tuple[Unsupported, ...]


_Outcome = WireEvent | Unsupported


def parse_body(raw: bytes | bytearray) -> Parsed:
    """Return the events of a signed body, in the order in which they stand.

    Raises:
        NotJson: It cannot be read at all.
        NotAPageObject: It is about something else, such as an Instagram account.
        TooManyItems: It is absurdly large.
    """
    if _has_too_many_objects(raw):
        raise TooManyItems
    try:
        body = _BODY.decode(raw)
    except _UNREADABLE:
        return _sorted(_outcomes_one_by_one(_repaired(raw)))
    if body.object != "page":
        raise NotAPageObject
    return _sorted(_outcomes(body))


def _has_too_many_objects(raw: bytes | bytearray) -> bool:
    """Count braces, but not those that people wrote: nobody's text may cost others their events."""
    return raw.count(b"{") > MAX_OBJECTS and _STRING.sub(b"", raw).count(b"{") > MAX_OBJECTS


def _sorted(outcomes: Iterable[_Outcome]) -> Parsed:
    events: list[WireEvent] = []
    unsupported: list[Unsupported] = []
    for outcome in outcomes:
        if isinstance(outcome, str):
            unsupported.append(outcome)
        else:
            events.append(outcome)
        if len(events) + len(unsupported) > MAX_ITEMS:
            raise TooManyItems
    return Parsed(tuple(events), tuple(unsupported))


def _outcomes(body: shapes.Body) -> Iterator[_Outcome]:
    for entry in body.entry:
        try:
            page_id = read_id(entry.id) or ""
        except ValueError:
            yield "malformed"
            continue
        where = Where(page_id, read_ms(entry.time))
        for item in entry.messaging or ():
            yield read_item(item, where, is_standby=False)
        for item in entry.standby or ():
            yield read_item(item, where, is_standby=True)
        for change in entry.changes or ():
            yield _read_change(change, where)


def _read_change(change: shapes.Change, where: Where) -> _Outcome:
    """Return the event of a messaging field, else only that something changed."""
    if _MESSAGING_FIELDS.match(change.field):
        outcome = _read_raw(
            change.value,
            lambda raw: read_item(_ITEM.decode(raw), where, is_standby=change.field == "standby"),
        )
        if outcome != "unknown":
            return outcome
    digest = digest_of(bytes(change.value))
    return PageChange(page_id=where.page_id, field=change.field, digest=digest)


def _outcomes_one_by_one(raw: bytes) -> Iterator[_Outcome]:
    for entry in _loose_body(raw).entry:
        try:
            loose = _LOOSE_ENTRY.decode(entry)
            page_id = read_id(loose.id) or ""
        except (*_UNREADABLE, ValueError):
            yield "malformed"
            continue
        yield from _outcomes_of_entry(loose, Where(page_id, _read_time(loose.time)))


def _read_time(raw: msgspec.Raw) -> int | None:
    """Return an entry's time; a bad one spoils none of its items."""
    try:
        return read_ms(_TIME.decode(raw))
    except _UNREADABLE:
        return None


def _outcomes_of_entry(entry: shapes.LooseEntry, where: Where) -> Iterator[_Outcome]:
    def read(raw: msgspec.Raw, *, is_standby: bool) -> _Outcome:
        return read_item(_ITEM.decode(raw), where, is_standby=is_standby)

    for raw in entry.messaging or ():
        yield _read_raw(raw, lambda each: read(each, is_standby=False))
    for raw in entry.standby or ():
        yield _read_raw(raw, lambda each: read(each, is_standby=True))
    for raw in entry.changes or ():
        yield _read_raw(raw, lambda each: _read_change(_CHANGE.decode(each), where))


def _read_raw(raw: msgspec.Raw, read: Callable[[msgspec.Raw], _Outcome]) -> _Outcome:
    try:
        return read(raw)
    except _UNREADABLE:
        return "malformed"


def _loose_body(raw: bytes) -> shapes.LooseBody:
    try:
        _ANY.decode(raw)  # first of all: is it JSON to the end?
        body = _LOOSE_BODY.decode(raw)
    except msgspec.ValidationError:
        raise NotAPageObject from None
    except _UNREADABLE:
        raise NotJson from None
    if body.object != "page":
        raise NotAPageObject
    return body


def _repaired(raw: bytes | bytearray) -> bytes:
    r"""Return the body with each lone surrogate, such as `\ud83d` of a cut emoji, replaced.

    Python's own text cannot hold them; without this a person's message would be refused for ever.
    """
    return _ESCAPE.sub(lambda match: rb"\ufffd" if match[1] else match[0], raw)
