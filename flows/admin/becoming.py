"""Becoming an admin: the answer to a code that counted, and the way to an authenticator app.

finds   {"what": "admin_claimed", "name": "A-2", "role": "viewer", "days": "90", "url": "https://bot.example/enroll/x"}
person  /admin claim ABCD-EFGH-IJKL
bot     You are admin A-2 of this Page now: viewer. We keep your role, your sign-ins for 90 days,
        and what you do as an admin, under this number. Next, set up an authenticator app: the
        button opens a page that works once, for 15 minutes. Open it where nobody looks over your
        shoulder. [Set up the app]
"""

from enum import StrEnum

from flows.admin.ways import command_choices
from flows.kit.flow import END, Flow
from flows.kit.reply import Button, Say
from flows.kit.turn import Turn


class At(StrEnum):
    """Where this conversation can be: nowhere, it only answers."""


flow = Flow("admin_becoming", version=1, places=At, is_aside=True)


@flow.on_found("admin_claimed", goes_to=END)
def welcome(turn: Turn) -> Say:
    """Say who they are now, what is kept of it, and how to go on."""
    found = turn.found
    who = f"You are admin {found.facts['name']} of this Page now: {found.facts['role']}."
    kept = (
        "We keep your role, your sign-ins for {days} days, and what you do as an admin, under "
        "this number."
    ).format_map(found.facts)
    return Say(f"{who} {kept} {_next(found.url)}", buttons=_buttons(found.url))


@flow.on_found("/enroll", goes_to=END)
def enroll(turn: Turn) -> Say:
    """Give the page on which an authenticator app is set up."""
    url = turn.found.url
    return Say(_next(url), buttons=_buttons(url))


@flow.on_found("admin_role", goes_to=END)
def told_of_role(turn: Turn) -> Say:
    """Tell of another role."""
    facts = turn.found.facts
    return Say(
        f"You are {facts['role']} now, still as {facts['name']}. Whatever waited for your code "
        "or for somebody's agreement was dropped.",
        choices=command_choices("/help"),
    )


@flow.on_found("admin_gone", goes_to=END)
def told_of_end(turn: Turn) -> Say:
    """Tell of the end."""
    name = turn.found.facts["name"]
    return Say(
        f"You are no admin of this Page any more. Your code and your sign-ins are deleted; what "
        f"{name} did stays on record under that number."
    )


flow.check()


def _next(url: str) -> str:
    if url:
        return (
            "Next, set up an authenticator app: the button opens a page that works once, for 15 "
            "minutes. Open it where nobody looks over your shoulder."
        )
    return (
        "Next, set up an authenticator app on the server, because you are the first owner: "
        "chatmagico admin enroll"
    )


def _buttons(url: str) -> tuple[Button, ...]:
    return (Button("Set up the app", url=url),) if url else ()
