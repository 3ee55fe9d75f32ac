"""What the simulator hands out: plain frozen values."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Author(StrEnum):
    """Who wrote a message."""

    PERSON = "person"
    BOT = "bot"
    INBOX = "inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPage:
    """A Page whose inbox the simulator plays."""

    id: str
    name: str
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """An account of the organisation that let the app see its Pages."""

    scopes: frozenset[str]
    #: What the account may do, by Page.
    tasks: Mapping[str, Sequence[str]]
    expires_at_ms: int
    token: str = field(default_factory=lambda: f"EAA{secrets.token_hex(40)}", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickReply:
    """A choice under the newest message; it vanishes with the next one."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button in a template: it has a payload (postback) or a url (web_url)."""

    title: str
    payload: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One element of a generic template."""

    title: str
    subtitle: str = ""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file, picture, sound or sticker in a message."""

    kind: str
    name: str = ""
    content_type: str = ""
    content: bytes = field(default=b"", repr=False)
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message in a thread, as the person sees it."""

    mid: str
    at_ms: int
    author: Author
    text: str = ""
    payload: str | None = None
    quick_replies: tuple[QuickReply, ...] = ()
    buttons: tuple[Button, ...] = ()
    cards: tuple[Card, ...] = ()
    attachment: Attachment | None = None
    metadata: str | None = None
    tag: str | None = None

    @property
    def from_page(self) -> bool:
        """Whether the Page (the bot or a human in its inbox) wrote it."""
        return self.author is not Author.PERSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One send that the simulator accepted."""

    page_id: str
    psid: str
    mid: str
    metadata: str | None
    text: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """How the bot took one webhook event."""

    mid: str
    #: The HTTP status of the last attempt; 0 when there was no answer at all.
    status: int
    attempts: int

    @property
    def is_acknowledged(self) -> bool:
        """Whether the bot answered 200, so that it answers for the event from now on."""
        return self.status == 200  # noqa: PLR2004 - HTTP's own number
