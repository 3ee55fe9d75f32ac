"""The closed set of events that can come through the door, and the form in which they are kept.

What no part of the bot needs has no place in here, so it cannot be kept: an echo has no text, a
form no answers, an attachment no address but that of a single file at Meta's own hosts. Kinds and
fields are stored: never rename one, and give a new one a default.
"""

from typing import Final, Literal

import msgspec

from bot.inbound.event import Event

AttachmentKind = Literal[
    "image",
    "audio",
    "video",
    "file",
    "sticker",
    "fallback",
    "reel",
    "post",
    "location",
    "template",
    "other",
]


class Message(Event, frozen=True, kw_only=True, tag="message"):
    """A person wrote, tapped a quick reply, or sent an attachment."""

    #: None only where Meta left it out.
    mid: str | None = None
    text: str | None = None
    #: The payload of the quick reply that was tapped.
    payload: str | None = None
    attachments: tuple[AttachmentKind, ...] = ()
    #: The message that this one answers.
    reply_to: str | None = None
    #: The `ref` of the link or advertisement the person came by.
    ref: str | None = None
    commands: tuple[str, ...] = ()
    #: The person took the message back; nothing of it may be kept.
    is_deleted: bool = False
    #: Where the only attachment lies, if it is a file; it may be an export that is handed in.
    file_url: str | None = None

    @property
    def creates_person(self) -> bool:
        """Whether this event may make an unknown person known."""
        return self.is_from_person and not self.is_deleted

    def natural_id(self) -> str:
        """Return the message id; taking a message back is an event of its own."""
        if self.mid is None:
            return super().natural_id()
        return self.named("deleted", self.mid) if self.is_deleted else self.named(self.mid)


class Echo(Event, frozen=True, kw_only=True, tag="echo"):
    """The Page said something, through this app, another app or the Page inbox. `psid` heard it."""

    mid: str | None = None
    #: Who sent it; None for the Page inbox of older versions, so it is "not ours".
    app_id: str | None = None
    #: What the sender put beside the message: the id of our outbox row, where it is ours.
    metadata: str | None = None

    def natural_id(self) -> str:
        """Return the message id."""
        return super().natural_id() if self.mid is None else self.named(self.mid)


class Edit(Event, frozen=True, kw_only=True, tag="edit"):
    """A person changed the text of a message."""

    mid: str
    text: str
    #: 1 for the first change of a message.
    num_edit: int

    def natural_id(self) -> str:
        """Return the message id and the number of the change."""
        return self.named(self.mid, self.num_edit)


class Reaction(Event, frozen=True, kw_only=True, tag="reaction"):
    """A person reacted to a message, or took the reaction back."""

    mid: str | None
    action: Literal["react", "unreact"]
    #: Meta's name, such as "love"; None where it was taken back without one.
    reaction: str | None = None
    emoji: str | None = None

    def natural_id(self) -> str:
        """Return message, sender, act, emoji and time."""
        return self.named(self.mid, self.psid, self.action, self.emoji, self.at_ms)


class Delivery(Event, frozen=True, kw_only=True, tag="delivery"):
    """Everything sent to this person up to a moment has reached them."""

    watermark_at_ms: int | None
    mids: tuple[str, ...] = ()

    def natural_id(self) -> str:
        """Return person and watermark."""
        return self.named(self.psid, self.watermark_at_ms)


class Read(Event, frozen=True, kw_only=True, tag="read"):
    """A person has read everything up to a moment. Parsed so that it can be dropped."""

    watermark_at_ms: int | None

    def natural_id(self) -> str:
        """Return person and watermark."""
        return self.named(self.psid, self.watermark_at_ms)


class Postback(Event, frozen=True, kw_only=True, tag="postback"):
    """A person tapped a button, an ice breaker, a menu item or Get Started."""

    mid: str | None = None
    #: None in standby: only the app that sent the button is told.
    payload: str | None = None
    title: str | None = None
    ref: str | None = None
    #: Who tapped it in a plugin, before they have a Page-scoped id.
    user_ref: str | None = None

    @property
    def creates_person(self) -> bool:
        """Whether this event may make an unknown person known."""
        return self.is_from_person

    def natural_id(self) -> str:
        """Return the message id, else sender, time and payload."""
        if self.mid is not None:
            return self.named(self.mid)
        return self.named(self.psid or self.user_ref, self.at_ms, self.payload)


class OptIn(Event, frozen=True, kw_only=True, tag="opt_in"):
    """A person used a plugin, or allowed, stopped or resumed notifications of Meta's own kind."""

    #: Meta's name of the kind, such as "notification_messages"; None for the plugins.
    optin_type: str | None = None
    ref: str | None = None
    user_ref: str | None = None
    payload: str | None = None
    #: Set only when the person stops or resumes notifications.
    notifications: Literal["stop", "resume"] | None = None

    @property
    def creates_person(self) -> bool:
        """Whether this event may make an unknown person known; stopping never does."""
        return self.is_from_person and self.notifications != "stop"


class Referral(Event, frozen=True, kw_only=True, tag="referral"):
    """A person with an open thread came back by a link or an advertisement."""

    ref: str | None = None

    @property
    def creates_person(self) -> bool:
        """Whether this event may make an unknown person known."""
        return self.is_from_person


class AccountLinking(Event, frozen=True, kw_only=True, tag="account_linking"):
    """A person linked or unlinked an account. Its code is not kept: nothing here needs it."""

    is_linked: bool


class PolicyEnforcement(Event, frozen=True, kw_only=True, tag="policy_enforcement"):
    """Meta warned, blocked or unblocked the Page."""

    #: "warning", "block" or "unblock" as far as is known.
    action: str
    reason: str | None = None


class ThreadControl(Event, frozen=True, kw_only=True, tag="thread_control"):
    """The thread with a person went, or is asked to go, from one app to another."""

    kind: Literal["pass", "take", "request"]
    #: The app that had the thread; None where nobody had it.
    previous_owner: str | None = None
    #: The app that has it now or, for a request, wants it.
    new_owner: str | None = None


class AppRoles(Event, frozen=True, kw_only=True, tag="app_roles"):
    """The Page gave apps their roles, in the manner of before conversation routing."""

    #: One (app id, roles) pair for each app.
    roles: tuple[tuple[str, tuple[str, ...]], ...]


class Feedback(Event, frozen=True, kw_only=True, tag="feedback"):
    """A person rated an answer, or filled in a feedback form, whose answers are not kept."""

    source: Literal["thumbs", "form"]
    digest: str
    #: None for a form, and for a rating that is neither.
    is_good: bool | None = None


class CustomerInformation(Event, frozen=True, kw_only=True, tag="customer_information"):
    """A person filled in Meta's customer information form, whose answers are not kept."""

    digest: str


class LeadForm(Event, frozen=True, kw_only=True, tag="lead_form"):
    """A person submitted an instant form in the thread, whose answers are not kept."""

    digest: str


class GamePlay(Event, frozen=True, kw_only=True, tag="game_play"):
    """A person played an instant game; how and with whom is not kept."""

    digest: str


class PageChange(Event, frozen=True, kw_only=True, tag="page_change"):
    """Something outside a thread changed on the Page, such as its feed; what, is not kept."""

    #: The subscribed field, such as "feed".
    field: str
    digest: str


WireEvent = (
    Message
    | Echo
    | Edit
    | Reaction
    | Delivery
    | Read
    | Postback
    | OptIn
    | Referral
    | AccountLinking
    | PolicyEnforcement
    | ThreadControl
    | AppRoles
    | Feedback
    | CustomerInformation
    | LeadForm
    | GamePlay
    | PageChange
)

_ENCODER: Final = msgspec.msgpack.Encoder(order="sorted")
_DECODER: Final[msgspec.msgpack.Decoder[WireEvent]] = msgspec.msgpack.Decoder(WireEvent)


def encode(event: WireEvent) -> bytes:
    """Return the bytes under which an event is kept until it was handled. Not encrypted."""
    return _ENCODER.encode(event)


def decode(kept: bytes) -> WireEvent:
    """Return the event that `encode` kept, also one kept by an earlier version.

    Raises:
        msgspec.DecodeError: These bytes are no event of this version.
    """
    return _DECODER.decode(kept)
