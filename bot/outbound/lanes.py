"""The way that a message takes which is no answer to what the person just wrote."""

from dataclasses import dataclass
from typing import Literal

from storage import Consents, KnownPerson

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
    if person.muted_until_ms > now_ms:
        closed = "a human holds the chat"
    elif person.unreachable_since_ms is not None:
        closed = "Messenger does not reach them"
    elif person.window_ends_at_ms <= now_ms:
        closed = "their 24 hours are over"
    else:
        return Lane("window", "their 24 hours are open", is_mailed_too=has_mail)
    if has_mail:
        return Lane("email", closed)
    return Lane("next_contact", f"{closed}, and there is no e-mail")


def is_stopped(consents: Consents) -> bool:
    """Tell whether a person took back what they had agreed to, and agreed to nothing since."""
    standing = consents.values()
    took_back = any(status.withdrawn_at_ms is not None for status in standing)
    # What only a new version of the notice has ended is no STOP.
    return took_back and not any(status.is_kept_by_person for status in standing)
