"""Pausing: what nobody asked for waits, while people are answered as ever.

finds   {"what": "/pause", "which": "pause", "rows": [{"id": "555000111", "name": "Garden Club"},
        {"id": "555000222", "name": "Book Club"}]}
person  /pause
bot     Which Page? [Garden Club] [Book Club]
finds   {"what": "/pause", "page": "Garden Club", "id": "555000111"}
taps    Garden Club
bot     Garden Club is paused: no broadcast and no announcement begins to leave any more, on no
        node, until /resume. What is not sent in time is dropped. People are answered as ever:
        STOP, their rights, their requests, and word of who looked at their data. [Resume]
        [/status]
finds   {"what": "/resume", "page": "Garden Club"}
taps    Resume
bot     Garden Club goes on: what waited there and is still of use leaves now. [/status]
"""

from enum import StrEnum

from flows.admin.ways import command_choice, command_choices
from flows.kit.flow import END, Flow
from flows.kit.reply import MAX_TITLE_CHARS, Say
from flows.kit.turn import Turn


class At(StrEnum):
    """Where this conversation can be: nowhere, it only answers."""


flow = Flow("admin_pausing", version=1, places=At, is_aside=True)


def is_open(turn: Turn) -> bool:
    """Whether it is still open which Page is meant."""
    return "which" in turn.found.facts


@flow.on_found("/pause", when=is_open, goes_to=END)
def which_to_pause(turn: Turn) -> Say:
    """Ask for the Page."""
    return _which(turn)


@flow.on_found("/pause", goes_to=END)
def paused(turn: Turn) -> Say:
    """Say what stops, and what goes on."""
    facts = turn.found.facts
    return Say(
        f"{facts['page']} is paused: no broadcast and no announcement begins to leave any more, "
        "on no node, until /resume. What is not sent in time is dropped. People are answered as "
        "ever: STOP, their rights, their requests, and word of who looked at their data.",
        choices=(
            command_choice("Resume", f"/resume {facts['id']}"),
            *command_choices("/status"),
        ),
    )


@flow.on_found("/resume", when=is_open, goes_to=END)
def which_to_resume(turn: Turn) -> Say:
    """Ask for the Page."""
    return _which(turn)


@flow.on_found("/resume", goes_to=END)
def resumed(turn: Turn) -> Say:
    """Say that it goes on."""
    page = turn.found.facts["page"]
    return Say(
        f"{page} goes on: what waited there and is still of use leaves now.",
        choices=command_choices("/status"),
    )


flow.check()


def _which(turn: Turn) -> Say:
    found = turn.found
    choices = tuple(
        command_choice(row["name"][:MAX_TITLE_CHARS], f"/{found.facts['which']} {row['id']}")
        for row in found.rows
    )
    return Say("Which Page?", choices=choices)
