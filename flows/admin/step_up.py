"""Step up: the six digits of an admin's app, for one act or for a session.

finds   {"what": "admin_code", "act": "P-ABC234", "summary": "A-2, viewer, is to be no admin."}
person  /admin revoke A-2
bot     A-2, viewer, is to be no admin. Please type the six digits that your authenticator app
        shows now. [Leave it]
person  what?
bot     That is not a code of six digits. [Leave it] does nothing. Please type the six digits that
        your authenticator app shows now. [Leave it]
finds   {"what": "admin_code", "act": "P-ABC234", "left": "4"}
person  123 456
bot     That code does not count: it is wrong, old, or was used already. 4 tries left. Please type
        the six digits that your authenticator app shows now. [Leave it]
finds   {"what": "admin_waits", "act": "P-ABC234"}
person  123457
bot     This takes two. Another admin may now type /approve P-ABC234, within 24 hours.
        /undo P-ABC234 takes it back. [Take it back]
finds   {"what": "admin_code", "act": "P-ABC235", "summary": ""}
person  /audit
bot     Please type the six digits that your authenticator app shows now. [Leave it]
taps    Leave it
bot     All right, nothing was done. [/help]
"""

from enum import StrEnum
from typing import Final

from flows.admin.ways import command_choice, command_choices
from flows.kit.effects import ProveAct
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Turn

#: Note: which act waits for the code.
ACT: Final = "admin_act"
_DIGITS: Final = 6


class At(StrEnum):
    """Where this conversation can be."""

    CODE = "code"


flow = Flow("admin_step_up", version=1, places=At, notes=(ACT,))


@flow.on_found("admin_code", goes_to=At.CODE)
def begin(turn: Turn) -> Say:
    """Say what the code is for, or what was wrong with the last one."""
    facts = turn.found.facts
    said = facts.get("summary", "")
    if left := facts.get("left"):
        tries = "1 try" if left == "1" else f"{left} tries"
        said = f"That code does not count: it is wrong, old, or was used already. {tries} left."
    return Say(said, notes={ACT: facts["act"]})


# --- The code -----------------------------------------------------------------
flow.ask(
    At.CODE,
    "Please type the six digits that your authenticator app shows now.",
    choices=("Leave it",),
)


def code_of(turn: Turn) -> str:
    """Return six digits, however they are spaced; empty where it is something else."""
    digits = turn.word.replace(" ", "").replace("-", "")
    is_code = len(digits) == _DIGITS and digits.isdecimal()
    return f"{int(digits):0{_DIGITS}}" if is_code else ""  # in digits of any script


def is_code(turn: Turn) -> bool:
    """Whether six digits were typed."""
    return bool(code_of(turn))


@flow.on(At.CODE, when=is_code, goes_to=END)
def prove(turn: Turn) -> Say:
    """Have the code compared."""
    return Say(effects=(ProveAct(turn.notes[ACT], code_of(turn)),))


@flow.on(At.CODE, "Leave it", goes_to=END)
def leave(_turn: Turn) -> Say:
    """Do nothing."""
    return Say("All right, nothing was done.", choices=command_choices("/help"))


@flow.otherwise(At.CODE, goes_to=At.CODE)
def unclear(_turn: Turn) -> Say:
    """Say what is expected."""
    return Say("That is not a code of six digits. [Leave it] does nothing.")


flow.forgets(At.CODE, after_s=300)


@flow.on_found("admin_waits", goes_to=END)
def wait_for_second(turn: Turn) -> Say:
    """Say that another admin has to agree."""
    act = turn.found.facts["act"]
    return Say(
        f"This takes two. Another admin may now type /approve {act}, within 24 hours. "
        f"/undo {act} takes it back.",
        choices=(command_choice("Take it back", f"/undo {act}"),),
    )


@flow.on_found("admin_delayed", goes_to=END)
def wait_for_time(turn: Turn) -> Say:
    """Say that it happens later, because nobody else is there to agree."""
    act = turn.found.facts["act"]
    return Say(
        "This takes two, but you are the only admin: so it happens in 10 minutes. Until then "
        f"/undo {act} takes it back.",
        choices=(command_choice("Undo", f"/undo {act}"),),
    )


flow.check()
