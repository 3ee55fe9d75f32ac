"""Status: whether the bot is well, in a few numbers.

finds   {"what": "/status", "rows": [{"what": "You", "value": "A-1, owner"}, {"what": "Signed in",
        "value": "no"}]}
person  /status
bot     You: A-1, owner Signed in: no [/help] [/signins]
"""

from enum import StrEnum

from flows.admin.ways import command_choices
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Turn


class At(StrEnum):
    """Where this conversation can be: nowhere, it only answers."""


flow = Flow("admin_status", version=1, places=At, is_aside=True)


@flow.on_found("/status", goes_to=END)
def tell(turn: Turn) -> Say:
    """Say who asks, and how the bot is."""
    found = turn.found
    lines = [f"{row['what']}: {row['value']}" for row in found.rows]
    return Say("\n".join(lines), choices=command_choices("/help", "/signins"))


flow.check()
