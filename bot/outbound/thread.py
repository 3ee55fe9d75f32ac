"""Who holds a thread is changed from the outbox too, in order with what is said.

Such a row says nothing to the person. Where Messenger refuses it, only that row is dropped: the
Page goes on, and so does the bot in this thread.
"""

from typing import Any, Final

#: The Page's inbox, as Meta numbers it for everybody.
INBOX_APP_ID: Final = "263902037430900"

#: So long a human keeps a thread that the bot gave them; Meta's own control lapses then too.
HAND_OVER_MS: Final = 86_400_000
#: Give the thread to the humans in the Page's inbox; the bot is quiet from then on.
HAND_OVER: Final = b'{"hand_over":true}'
#: Take the thread for an answer that is due whoever holds it.
TAKE_BACK: Final = b'{"take_back":true}'


def moves_thread(body: bytes) -> bool:
    """Tell whether an outbox row moves a thread, instead of saying something."""
    return body in {HAND_OVER, TAKE_BACK}


def control_in(message: dict[str, Any]) -> tuple[str, dict[str, str]] | None:
    """Return which edge of the Page moves the thread, with what; None for something to say."""
    if "hand_over" in message:
        return "pass_thread_control", {"target_app_id": INBOX_APP_ID}
    if "take_back" in message:
        return "take_thread_control", {}
    return None
