"""What every item of a body has beside the thing that happened: who, where and when."""

from typing import Any, Final, NamedTuple, TypeVar

from bot.inbound import shapes
from bot.inbound.event import Event

#: Meta's own limits for what comes back as it was sent.
MAX_PAYLOAD_CHARS: Final = 1000
MAX_REF_CHARS: Final = 2083

#: Times below this are seconds (until the year 5138), others milliseconds (since 1973).
_FIRST_MS: Final = 100_000_000_000
#: The end of the year 9999, the last that a datetime can hold.
_LAST_MS: Final = 253_402_300_799_999
_MAX_DIGITS: Final = 15
_MAX_ID_CHARS: Final = 64

_EventT = TypeVar("_EventT", bound=Event)


class Where(NamedTuple):
    """The entry an item stands in."""

    page_id: str
    #: The entry's own time, for items that have none.
    at_ms: int | None


class Seen(NamedTuple):
    """Who did something on which Page, and when."""

    page_id: str
    sender: str | None
    recipient: str | None
    user_ref: str | None
    at_ms: int | None
    is_standby: bool

    @property
    def is_from_page(self) -> bool:
        """Whether the Page itself did this."""
        return self.sender == self.page_id

    @property
    def other(self) -> str | None:
        """The one of sender and recipient that is not the Page."""
        return self.recipient if self.is_from_page else self.sender

    def made(self, kind: type[_EventT], /, **fields: Any) -> _EventT:
        """Return an event of something that the sender did."""
        return kind(
            page_id=self.page_id,
            psid=self.sender,
            at_ms=self.at_ms,
            is_standby=self.is_standby,
            **fields,
        )


def see(item: shapes.Item, where: Where, *, is_standby: bool) -> Seen:
    """Return who and when; any of it may be missing.

    Raises:
        ValueError: An id is no id.
    """
    sender, recipient = item.sender, item.recipient
    return Seen(
        where.page_id,
        read_id(sender.id) if sender else None,
        read_id(recipient.id) if recipient else None,
        sender.user_ref if sender else None,
        where.at_ms if (at_ms := read_ms(item.timestamp)) is None else at_ms,
        is_standby,
    )


def read_id(value: str | int | None) -> str | None:
    """Return an id as text, however it was written.

    Raises:
        ValueError: It is longer than any id, or has what none has, such as a NUL.
    """
    if value is None:
        return None
    text = str(value)
    if 0 < len(text) <= _MAX_ID_CHARS and text.isascii() and text.isprintable():
        return text
    raise ValueError("not an id")


def read_ms(value: shapes.Time | None) -> int | None:
    """Return a time in milliseconds, from seconds or milliseconds; None where it is no time."""
    if isinstance(value, str):
        value = int(value) if value.isdecimal() and len(value) <= _MAX_DIGITS else None
    if value is None or not 0 < value <= _LAST_MS:
        return None
    return int(value * 1000 if value < _FIRST_MS else value)


def cut(text: str | None, limit: int) -> str | None:
    """Return no more than so many characters of a text."""
    return text if text is None or len(text) <= limit else text[:limit]


def read_ref(body: shapes.ReferralBody | None) -> str | None:
    """Return the `ref` that a link or an advertisement carried."""
    return cut(body.ref, MAX_REF_CHARS) if body else None
