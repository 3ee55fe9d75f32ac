"""The way that a message takes which is no answer to what the person just wrote."""

from dataclasses import dataclass
from typing import Literal

from bot.inbound.keeping import WINDOW_MS
from storage import Consents, KnownPerson

#: Why the chat is a way.
_OPEN = "their 24 hours are open"

Way = Literal["window", "email", "next_contact", "none"]


@dataclass(frozen=True, slots=True)
class Lane:
    """A way, and why it is this one."""

    way: Way
    reason: str
    #: Whether a mail goes out beside the message in the chat.
    is_mailed_too: bool = False


def lane_for(
    person: KnownPerson,
    consents: Consents,
    *,
    is_asked_for: bool,
    has_mail: bool,
    now_ms: int,
) -> Lane:
    """Choose the way of one message.

    Args:
        person: Who it is for.
        consents: How this person's consents stand.
        is_asked_for: It answers a request; nobody's STOP is meant to stop that.
        has_mail: There is a mail server, and an address that is proven to be theirs.
        now_ms: The present time.
    """
    if person.trouble is not None:
        return Lane("none", "their key is lost")
    if not is_asked_for and person.restricted_since_ms is not None:
        return Lane("next_contact", "the use of their data is restricted")
    if not is_asked_for and is_stopped(consents):
        return Lane("next_contact", "they said STOP")
    closed = _why_closed(person, now_ms)
    if closed is None:
        return Lane("window", _OPEN, is_mailed_too=has_mail)
    return _beside_the_chat(closed, has_mail=has_mail)


def lane_by_duty(person: KnownPerson, consents: Consents, *, has_mail: bool, now_ms: int) -> Lane:
    """Choose the way of a notice that the law demands (Art. 34 GDPR), by one lane and no other.

    Neither STOP nor a restriction ends that duty; but whoever's last word that was hears nothing
    in the chat before the next one.
    """
    if person.trouble is not None:
        return Lane("none", "their key is lost")
    closed = _last_word(person, consents) or _why_closed(person, now_ms)
    return _beside_the_chat(closed, has_mail=has_mail) if closed else Lane("window", _OPEN)


def lane_of_admin(person: KnownPerson, consents: Consents, *, has_mail: bool, now_ms: int) -> Lane:
    """Choose the way to an admin; nothing unasked comes into a chat in which STOP was said."""
    if is_stopped(consents) or person.restricted_since_ms is not None:
        why = "they said STOP, or restricted the use of their data"
        return Lane("email" if has_mail else "next_contact", why)
    return lane_for(person, consents, is_asked_for=True, has_mail=has_mail, now_ms=now_ms)


def _last_word(person: KnownPerson, consents: Consents) -> str | None:
    heard_at_ms = person.window_ends_at_ms - WINDOW_MS
    if any((one.withdrawn_at_ms or -1) >= heard_at_ms for one in consents.values()):
        return "their last word was STOP"
    if person.restricted_since_ms is not None and person.restricted_since_ms >= heard_at_ms:
        return "their last word was RESTRICT"
    return None


def _why_closed(person: KnownPerson, now_ms: int) -> str | None:
    if person.muted_until_ms > now_ms:
        return "a human holds the chat"
    if person.unreachable_since_ms is not None:
        return "Messenger does not reach them"
    if person.window_ends_at_ms <= now_ms:
        return "their 24 hours are over"
    return None


def _beside_the_chat(closed: str, *, has_mail: bool) -> Lane:
    if has_mail:
        return Lane("email", closed)
    return Lane("next_contact", f"{closed}, and there is no e-mail")


def is_stopped(consents: Consents) -> bool:
    """Tell whether a person took back what they had agreed to, and agreed to nothing since."""
    standing = consents.values()
    took_back = any(status.withdrawn_at_ms is not None for status in standing)
    # What only a new version of the notice has ended is no STOP.
    return took_back and not any(status.is_kept_by_person for status in standing)
