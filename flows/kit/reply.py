"""What the bot says; Messenger's limits are checked when a reply is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from flows.kit.errors import ButtonUnclear, ReplyEmpty, ReplyTooLong, TooManyChoices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.kit.effects import Effect

#: What Messenger can put on a quick reply by itself.
FillsIn = Literal["user_email", "user_phone_number"]

#: Messenger wants "less than 2000".
MAX_TEXT_CHARS = 1999
MAX_TEXT_WITH_BUTTONS_CHARS = 640
MAX_TITLE_CHARS = 20
MAX_PAYLOAD_CHARS = 1000
MAX_CHOICES = 13
MAX_BUTTONS = 3


def length_of(text: str) -> int:
    """Count as UTF-16 does: Messenger does not say its unit, and this is the stricter one."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _check_length(what: str, text: str, limit: int) -> None:
    found = length_of(text)
    if not text.strip():
        raise ReplyEmpty(what, found=found, limit=limit)
    if found > limit:
        raise ReplyTooLong(what, found=found, limit=limit)


@dataclass(frozen=True, slots=True)
class Choice:
    """A quick reply: gone from the screen after the next message."""

    title: str
    payload: str
    #: Messenger itself fills in what the person gave it; the title is not shown then.
    fills_in: FillsIn | None = None

    def __post_init__(self) -> None:
        _check_length("title of a quick reply", self.title, MAX_TITLE_CHARS)
        _check_length("payload of a quick reply", self.payload, MAX_PAYLOAD_CHARS)


@dataclass(frozen=True, slots=True)
class Button:
    """A button under the text: it stays, and either answers or opens a page."""

    title: str
    payload: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        _check_length("title of a button", self.title, MAX_TITLE_CHARS)
        if bool(self.payload) == bool(self.url):
            raise ButtonUnclear
        if self.payload:
            _check_length("payload of a button", self.payload, MAX_PAYLOAD_CHARS)


@dataclass(frozen=True, slots=True)
class Reply:
    """One bubble: a text, with quick replies below the chat and buttons under the text."""

    text: str
    choices: tuple[Choice, ...] = ()
    buttons: tuple[Button, ...] = ()

    def __post_init__(self) -> None:
        limit = MAX_TEXT_WITH_BUTTONS_CHARS if self.buttons else MAX_TEXT_CHARS
        _check_length("text", self.text, limit)
        if len(self.choices) > MAX_CHOICES:
            raise TooManyChoices("quick replies", found=len(self.choices), limit=MAX_CHOICES)
        if len(self.buttons) > MAX_BUTTONS:
            raise TooManyChoices("buttons", found=len(self.buttons), limit=MAX_BUTTONS)


@dataclass(frozen=True, slots=True)
class Say:
    """What a handler gives back: words before the next question, and what they change."""

    #: Empty means: nothing before the next question; at the end of a flow, no reply at all.
    text: str = ""
    effects: tuple[Effect, ...] = ()
    #: Notes to keep with the place that comes next; each is declared by the flow.
    notes: Mapping[str, str] = field(default_factory=dict)
    #: Ways onward, shown where the next place asks nothing.
    choices: tuple[Choice, ...] = ()
    buttons: tuple[Button, ...] = ()
