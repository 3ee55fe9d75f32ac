"""A wire event as a flow sees it: something that happened in a chat."""

from bot.inbound.events import Message, OptIn, Postback, Referral, ThreadControl, WireEvent
from bot.inbound.keeping import MUTE_MS
from bot.turns.state import to_time
from flows.kit.turn import Arrived, Event, HandedBack, Input, Said, Showed, Tapped

_STOP = "go:stop"
_SHOWN = {"sticker", "image", "audio", "video", "file", "location"}


def to_event(event: WireEvent, *, at_ms: int, app_id: str) -> Event | None:
    """Return what a flow is told of an event; None where it is told nothing."""
    found = _input(event, app_id)
    if found is None:
        return None
    entry_ref = event.ref if isinstance(event, Message | Postback) else None
    return Event(found, at=to_time(at_ms), is_standby=event.is_standby, entry_ref=entry_ref)


def _input(event: WireEvent, app_id: str) -> Input | None:
    if isinstance(event, Message):
        return _message(event)
    if isinstance(event, Postback):
        # In standby Meta keeps the payload to itself; the title may still say STOP.
        return Tapped(event.payload or "", event.title or "")
    if isinstance(event, OptIn) and event.notifications == "stop":
        return Tapped(_STOP)  # Meta's own switch means what our word means
    if isinstance(event, OptIn | Referral):
        return Arrived(event.ref or "")
    if isinstance(event, ThreadControl) and is_handed_to(event, app_id):
        return HandedBack()
    return None


def is_handed_to(event: ThreadControl, app_id: str) -> bool:
    """Tell whether this gives the thread to us."""
    return event.kind != "request" and event.new_owner == app_id


def muted_until_ms(control: ThreadControl, app_id: str, *, before_ms: int, at_ms: int) -> int:
    """Return until when the bot keeps out of a thread that changed hands at a time.

    Args:
        control: What was told of the thread.
        app_id: The bot's own app.
        before_ms: Until when it kept out of it so far.
        at_ms: When the thread changed hands.
    """
    if control.kind == "request":
        return before_ms
    if not is_handed_to(control, app_id):
        return max(before_ms, at_ms + MUTE_MS)
    # Else a human has written since.
    return 0 if before_ms <= at_ms + MUTE_MS else before_ms


def _message(event: Message) -> Input:
    # What Messenger filled in by itself comes as both, and is as good as typed.
    if event.payload and event.payload != event.text:
        return Tapped(event.payload, event.text or "")
    if event.text:
        return Said(event.text)
    if event.commands:
        return Said(event.commands[0])
    shown = next((kind for kind in event.attachments if kind in _SHOWN), "other")
    return Showed(shown, url=event.file_url or "")
