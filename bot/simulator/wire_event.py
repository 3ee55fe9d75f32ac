r"""The events as they stand in `entry[].messaging[]`, and the body around them.

The body is escaped as the platform does it (`\u00e4`, `\/`, `\u003C`, `\u0025`, `\u0040`): a bot
that verifies anything but the raw bytes fails.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from bot.simulator.people import Person
from bot.simulator.values import Message

Event = dict[str, Any]

INBOX_APP_ID = "263902037430900"

#: Which subscribed field lets which kind of event through.
FIELDS = {
    "message": "messages",
    "postback": "messaging_postbacks",
    "optin": "messaging_optins",
    "referral": "messaging_referrals",
    "reaction": "message_reactions",
    "message_edit": "message_edits",
    "read": "message_reads",
    "delivery": "message_deliveries",
    "pass_thread_control": "messaging_handovers",
    "take_thread_control": "messaging_handovers",
}
ALL_FIELDS = frozenset(
    {*FIELDS.values(), "message_echoes", "messaging_policy_enforcement", "standby"}
)


def new_mid() -> str:
    """Return a fresh message id."""
    return f"m_{secrets.token_urlsafe(24)}"


def as_number(app_id: str) -> int | str:
    """Return an app id as the platform sends it: a JSON number."""
    return int(app_id) if app_id.isdigit() else app_id


def from_person(person: Person, *, at_ms: int, **content: object) -> Event:
    """Return an event that a person caused, such as `message={…}`."""
    return {
        "sender": {"id": person.psid},
        "recipient": {"id": person.page_id},
        "timestamp": at_ms,
        **content,
    }


def echo(person: Person, message: Message, *, app_id: str) -> Event:
    """Return the echo of a message that the Page sent: sender and recipient are swapped."""
    content: Event = {"mid": message.mid, "is_echo": True, "app_id": as_number(app_id)}
    if message.metadata is not None:
        content["metadata"] = message.metadata
    if message.text:
        content["text"] = message.text
    if attachments := _attachments(message):
        content["attachments"] = attachments
    return {
        "sender": {"id": person.page_id},
        "recipient": {"id": person.psid},
        "timestamp": message.at_ms,
        "message": content,
    }


def _attachments(message: Message) -> list[Event]:
    if message.attachment is not None:
        return [{"type": message.attachment.kind, "payload": {"url": message.attachment.url}}]
    if not message.buttons and not message.cards:
        return []
    kind = "button" if message.buttons else "generic"
    return [{"type": "template", "title": message.text, "payload": {"template_type": kind}}]


def delivery(person: Person, message: Message) -> Event:
    """Return the receipt that a message reached the person; it carries no timestamp."""
    return {
        "sender": {"id": person.psid},
        "recipient": {"id": person.page_id},
        "delivery": {"mids": [message.mid], "watermark": message.at_ms},
    }


def control(person: Person, *, kind: str, at_ms: int, previous: str | None, new: str) -> Event:
    """Return a thread-control event; `previous` is None when the thread was idle."""
    owners = {"previous_owner_app_id": previous, "new_owner_app_id": new, "metadata": ""}
    return from_person(person, at_ms=at_ms, **{kind: owners})


def field_of(event: Mapping[str, Any]) -> str | None:
    """Return the subscribed field that an event belongs to, or None for an unknown kind."""
    if event.get("message", {}).get("is_echo"):
        return "message_echoes"
    return next((FIELDS[key] for key in event if key in FIELDS), None)


def opens_window(event: Mapping[str, Any]) -> bool:
    """Whether an event of a person lets the Page write for 24 hours."""
    if "message" in event:
        return not event["message"].get("is_echo")
    if event.get("reaction", {}).get("action") == "react":
        return True
    return any(kind in event for kind in ("postback", "referral", "optin"))


def for_standby(event: Event) -> Event:
    """Return an event as an app gets it that does not hold the thread: postbacks lose payload."""
    if "postback" not in event:
        return event
    postback = {key: value for key, value in event["postback"].items() if key != "payload"}
    return {**event, "postback": postback}


def body(page_id: str, events: Sequence[Event], *, time_ms: int, is_standby: bool = False) -> bytes:
    """Return one webhook body; each event stands in an entry of its own."""
    channel = "standby" if is_standby else "messaging"
    entries = [{"id": page_id, "time": time_ms, channel: [event]} for event in events]
    return escaped({"object": "page", "entry": entries})


def escaped(value: object) -> bytes:
    """Render JSON with the platform's own escapes."""
    text = json.dumps(value, separators=(",", ":"))
    text = text.replace("/", "\\/").replace("<", "\\u003C")
    return text.replace("%", "\\u0025").replace("@", "\\u0040").encode("ascii")
