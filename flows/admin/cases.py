"""Cases: what people asked the team; listed, claimed, answered and closed.

finds   {"what": "/cases", "next": "", "rows": [{"number": "K7QF-3M2P", "kind": "a complaint",
        "due": "2026-12-02", "late": "", "status": "open", "by": ""}]}
person  /cases
bot     K7QF-3M2P a complaint, due by 2026-12-02 [K7QF-3M2P] [/help]
finds   {"what": "/cases", "number": "K7QF-3M2P", "may": "open claim answer close", "mark":
        "C-7KQ2M4XD", "rows": [{"number": "K7QF-3M2P", "kind": "a complaint", "due": "2026-12-02",
        "late": "yes", "status": "open", "by": "A-2"}]}
taps    K7QF-3M2P
bot     K7QF-3M2P a complaint, due by 2026-12-02, LATE, A-2 works on it In the audit it is
        C-7KQ2M4XD. [See the data] [Claim] [Answer] [Close] [/cases]
finds   {"what": "/cases claim", "number": "K7QF-3M2P"}
taps    Claim
bot     You work on K7QF-3M2P now. [Answer] [/cases]
finds   {"what": "/cases answer", "number": "K7QF-3M2P", "needs": "text"}
taps    Answer
bot     Please write the answer to K7QF-3M2P, in the person's language: 1700 characters at most.
        You see it once more before your code sends it. [Leave it]
finds   {"what": "/cases answer", "number": "K7QF-3M2P", "way": "Sent into the chat", "reason":
        "their 24 hours are open"}
person  We have looked into it.
bot     K7QF-3M2P: Sent into the chat, because their 24 hours are open. It counts as answered once
        it has arrived. [/cases]
finds   {"what": "/cases close", "number": "K7QF-3M2P"}
person  /cases close k7qf3m2p
bot     K7QF-3M2P counts as answered. [/cases]
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from flows.admin.ways import command_choice, command_choices
from flows.kit.effects import RunCommand
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Said, Turn

#: Note: which request is being answered.
CASE: Final = "admin_case"
_TITLES: Final = {"open": "See the data", "claim": "Claim", "answer": "Answer", "close": "Close"}


class At(StrEnum):
    """Where this conversation can be."""

    TEXT = "text"


flow = Flow("admin_cases", version=1, places=At, notes=(CASE,))


def is_one(turn: Turn) -> bool:
    """Whether one request was asked for."""
    return bool(turn.found.number)


def needs_text(turn: Turn) -> bool:
    """Whether the answer is still to be written."""
    return "needs" in turn.found.facts


@flow.on_found("/cases", when=is_one, goes_to=END)
def show_one(turn: Turn) -> Say:
    """Show one request, with what this admin may do about it."""
    found = turn.found
    verbs = found.fact("may").split()
    lines = [_line(row) for row in found.rows]
    if mark := found.fact("mark"):
        lines.append(f"In the audit it is {mark}.")
    choices = tuple(
        command_choice(_TITLES[verb], f"/cases {verb} {found.number}") for verb in verbs
    )
    return Say("\n".join(lines), choices=(*choices, *command_choices("/cases")))


@flow.on_found("/cases", goes_to=END)
def list_cases(turn: Turn) -> Say:
    """List what is not done, what is due first."""
    found = turn.found
    numbers = tuple(command_choice(row["number"], f"/cases {row['number']}") for row in found.rows)
    page = found.fact("next")
    more = (f"/cases {page}",) if page else ()
    text = "\n".join(_line(row) for row in found.rows) or "No request is open here."
    return Say(text, choices=(*numbers, *command_choices(*more, "/help")))


@flow.on_found("/cases claim", goes_to=END)
def claimed(turn: Turn) -> Say:
    """Say whose it is now."""
    number = turn.found.number
    answer = command_choice("Answer", f"/cases answer {number}")
    return Say(f"You work on {number} now.", choices=(answer, *command_choices("/cases")))


@flow.on_found("/cases close", goes_to=END)
def closed(turn: Turn) -> Say:
    """Say that it is done."""
    return Say(f"{turn.found.number} counts as answered.", choices=command_choices("/cases"))


@flow.on_found("/cases answer", when=needs_text, goes_to=At.TEXT)
def ask_for_text(turn: Turn) -> Say:
    """Remember which request it is."""
    return Say(notes={CASE: turn.found.number})


@flow.on_found("/cases answer", goes_to=END)
def answered(turn: Turn) -> Say:
    """Say how it went out."""
    found = turn.found
    way = "{way}, because {reason}.".format_map(found.facts)
    return Say(
        f"{found.number}: {way} It counts as answered once it has arrived.",
        choices=command_choices("/cases"),
    )


# --- The answer, as it is written ---------------------------------------------
def what_to_write(turn: Turn) -> str:
    """Ask for the answer."""
    return (
        f"Please write the answer to {turn.notes.get(CASE, '')}, in the person's language: 1700 "
        "characters at most. You see it once more before your code sends it."
    )


flow.ask(At.TEXT, what_to_write, choices=("Leave it",))


def is_text(turn: Turn) -> bool:
    """Whether something was written."""
    return isinstance(turn.event.input, Said) and not turn.choice


@flow.on(At.TEXT, "Leave it", goes_to=END)
def leave(_turn: Turn) -> Say:
    """Send nothing."""
    return Say("All right, nothing was sent.", choices=command_choices("/cases"))


@flow.on(At.TEXT, when=is_text, goes_to=END)
def take_text(turn: Turn) -> Say:
    """Give it back as a command, so that the gate sees it."""
    came = turn.event.input
    text = came.text if isinstance(came, Said) else ""
    return Say(effects=(RunCommand(f"/cases answer {turn.notes[CASE]} {text}"),))


@flow.otherwise(At.TEXT, goes_to=At.TEXT)
def unclear(_turn: Turn) -> Say:
    """Say what is expected."""
    return Say("An answer is text. [Leave it] sends nothing.")


flow.forgets(At.TEXT)


flow.check()


def _line(row: Mapping[str, str]) -> str:
    told = [f"{row['number']}  {row['kind']}", f"due by {row['due']}"]
    told += ["LATE"] if row["late"] and row["status"] == "open" else []
    told += ["answered, waiting for contact"] if row["status"] == "waiting" else []
    told += ["answered"] if row["status"] == "answered" else []
    told += [f"{row['by']} works on it"] if row["by"] else []
    return ", ".join(told)
