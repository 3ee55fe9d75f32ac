"""Sessions: how long a code counts, when an admin signed in, and the end of it.

finds   {"what": "/remember", "until": "2026-11-02 17:00 UTC"}
person  /remember
bot     You stay signed in until 2026-11-02 17:00 UTC. Acts that need a code still ask for one.
        [/logout]
finds   {"what": "/logout"}
taps    /logout
bot     You are signed out. What waited for your code was dropped. [/help]
"""

from enum import StrEnum
from typing import Final

from flows.admin.ways import command_choices
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Turn

#: Fact: until when the session lasts that a code has just opened, whatever it was typed for.
SIGNED_IN: Final = "signed_in_until"


class At(StrEnum):
    """Where this conversation can be: nowhere, it only answers."""


flow = Flow("admin_session", version=1, places=At, is_aside=True)


@flow.on_found("/logout", goes_to=END)
def logged_out(_turn: Turn) -> Say:
    """Say that the session is gone."""
    return Say(
        "You are signed out. What waited for your code was dropped.",
        choices=command_choices("/help"),
    )


@flow.on_found("/remember", goes_to=END)
def remembered(turn: Turn) -> Say:
    """Say until when."""
    until = turn.found.facts["until"]
    return Say(
        f"You stay signed in until {until}. Acts that need a code still ask for one.",
        choices=command_choices("/logout"),
    )


@flow.on_found("/signins", goes_to=END)
def list_sign_ins(turn: Turn) -> Say:
    """List an admin's own sign-ins."""
    found = turn.found
    lines = [row["at"] for row in found.rows] or ["None."]
    days = found.facts["days"]
    said = f"Your sign-ins, the newest first; each is deleted after {days} days. Nobody else sees"
    return Say("\n".join([f"{said} them here.", *lines]), choices=command_choices("/logout"))


@flow.on_found("/undo", goes_to=END)
def undone(turn: Turn) -> Say:
    """Say that it will not happen."""
    return Say(f"{turn.found.facts['act']} is taken back: nothing happens.")


@flow.on_found("/approve", goes_to=END)
def approved(turn: Turn) -> Say:
    """Say that it was done."""
    return Say(f"{turn.found.facts['act']} is approved, and done.")


def opened(turn: Turn) -> str:
    """Say that a code opened a session; empty where it did not."""
    until = turn.found.fact(SIGNED_IN)
    text = f"You are signed in until {until}. /remember makes it 8 hours, /logout ends it."
    return text if until else ""


flow.check()
