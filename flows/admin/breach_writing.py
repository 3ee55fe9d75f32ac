"""Breaches: one question after the other, until everything the law asks for is written.

finds   {"what": "/breach open"}
person  /breach open
bot     The clock of 72 hours begins when you became aware, not when it happened. Since when are you
        aware of the breach? Type the UTC time like 2026-11-23 14:05. It cannot be changed
        afterwards. [Now] [Leave it]
person  this morning
bot     That is no time I can read. Since when are you aware of the breach? Type the UTC time like
        2026-11-23 14:05. It cannot be changed afterwards. [Now] [Leave it]
finds   {"what": "/breach next", "number": "7KQ2-M4XD", "field": "nature", "kind": "text",
        "said": "Entered as 7KQ2-M4XD."}
person  2026-11-01 09:00
bot     Entered as 7KQ2-M4XD. What kind of breach is it? What was lost, altered, or seen by whom,
        and how? [Skip] [Leave it]
finds   {"what": "/breach next", "number": "7KQ2-M4XD", "field": "keys_reached",
        "kind": "choice", "said": "Written."}
person  A backup disk was stolen.
bot     Written. Were the encryption keys (keys database, key file, or the running server) within
        reach of the intruder? Say no only where you know it. [Yes] [No] [Unknown] [Skip] [Leave it]
taps    Leave it
bot     What was written stays. [/breach 7KQ2-M4XD]
"""

from enum import StrEnum
from typing import Final

from flows.admin.breach_ways import ways_of
from flows.admin.ways import command_choices
from flows.breaches.fields import BY_NAME
from flows.breaches.times import SHAPE, aware_time
from flows.kit.effects import RunCommand
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Said, Turn

#: Notes: which entry is written, and which of its fields.
NUMBER: Final = "breach_number"
FIELD: Final = "breach_field"
_FORGET_AFTER_S: Final = 3600
#: Nobody types the same faster in another way.
_CHOICES: Final = ("Yes", "No", "Unknown")


class At(StrEnum):
    """Where this conversation can be."""

    WHEN = "when"
    WORDS = "words"
    CHOICE = "choice"


flow = Flow("admin_breach_writing", version=1, places=At, notes=(NUMBER, FIELD))


# --- When one became aware ----------------------------------------------------
@flow.on_found("/breach open", goes_to=At.WHEN)
def begin(_turn: Turn) -> Say:
    """Say what counts."""
    return Say("The clock of 72 hours begins when you became aware, not when it happened.")


flow.ask(
    At.WHEN,
    "Since when are you aware of the breach? Type the UTC time like 2026-11-23 14:05. It cannot be "
    "changed afterwards.",
    choices=("Now", "Leave it"),
)


def is_time(turn: Turn) -> bool:
    """Whether a time was typed."""
    return aware_time(_typed(turn)) is not None


@flow.on(At.WHEN, "Now", goes_to=END)
def now(turn: Turn) -> Say:
    """Take this minute."""
    return Say(effects=(RunCommand(f"/breach open {turn.now:{SHAPE}}"),))


@flow.on(At.WHEN, when=is_time, goes_to=END)
def then(turn: Turn) -> Say:
    """Take the time as it was typed."""
    return Say(effects=(RunCommand(f"/breach open {_typed(turn)}"),))


@flow.on(At.WHEN, "Leave it", goes_to=END)
def leave_unopened(_turn: Turn) -> Say:
    """Enter nothing."""
    return Say("All right, nothing was entered.", choices=command_choices("/breach"))


@flow.otherwise(At.WHEN, goes_to=At.WHEN)
def no_time(_turn: Turn) -> Say:
    """Say what a time looks like."""
    return Say("That is no time I can read.")


# --- The fields ---------------------------------------------------------------
def is_choice(turn: Turn) -> bool:
    """Whether the field takes one of a few answers."""
    return turn.found.facts["kind"] == "choice"


def is_complete(turn: Turn) -> bool:
    """Whether nothing is left to be asked."""
    return not turn.found.facts["field"]


def complete(turn: Turn) -> Say:
    """Say that nothing is missing."""
    facts = turn.found.facts
    said = f"{facts['said']} Everything is written.".strip()
    return Say(said, choices=ways_of(facts["number"]))


def ask(turn: Turn) -> Say:
    """Ask for a field."""
    facts = turn.found.facts
    return Say(facts["said"], notes={NUMBER: facts["number"], FIELD: facts["field"]})


for _what in "/breach next", "/breach write":
    flow.on_found(_what, when=is_complete, goes_to=END)(complete)
    flow.on_found(_what, when=is_choice, goes_to=At.CHOICE)(ask)
    flow.on_found(_what, goes_to=At.WORDS)(ask)


def question_of(turn: Turn) -> str:
    """Return the question of the field."""
    name, _, language = turn.notes[FIELD].partition(":")
    asked = BY_NAME[name].question
    return f"{asked} In this language: {language}." if language else asked


flow.ask(At.WORDS, question_of, choices=("Skip", "Leave it"))
flow.ask(At.CHOICE, question_of, choices=(*_CHOICES, "Skip", "Leave it"))


def is_said(turn: Turn) -> bool:
    """Whether something was typed."""
    return bool(_typed(turn))


def skip(turn: Turn) -> Say:
    """Go on to the next question."""
    return Say(effects=(RunCommand(f"/breach next {turn.notes[NUMBER]} {turn.notes[FIELD]}"),))


def leave(turn: Turn) -> Say:
    """Leave the questions; what was written stays."""
    number = turn.notes[NUMBER]
    return Say("What was written stays.", choices=command_choices(f"/breach {number}"))


def choose(turn: Turn) -> Say:
    """Write the answer that was tapped."""
    return _write(turn, turn.choice)


for _place in At.WORDS, At.CHOICE:
    flow.on(_place, "Skip", goes_to=END)(skip)
    flow.on(_place, "Leave it", goes_to=END)(leave)
for _title in _CHOICES:
    flow.on(At.CHOICE, _title, goes_to=END)(choose)


@flow.on(At.WORDS, when=is_said, goes_to=END)
def write(turn: Turn) -> Say:
    """Write what was typed."""
    return _write(turn, _typed(turn))


@flow.otherwise(At.WORDS, goes_to=At.WORDS)
def no_words(_turn: Turn) -> Say:
    """Say what is expected."""
    return Say("Please type it as text.")


@flow.otherwise(At.CHOICE, goes_to=At.CHOICE)
def no_choice(_turn: Turn) -> Say:
    """Say what is expected."""
    return Say("Please tap one of these answers.")


for _place in At:
    flow.forgets(_place, after_s=_FORGET_AFTER_S)
flow.check()


def _write(turn: Turn, text: str) -> Say:
    line = f"/breach write {turn.notes[NUMBER]} {turn.notes[FIELD]} {text}"
    return Say(effects=(RunCommand(line),))


def _typed(turn: Turn) -> str:
    came = turn.event.input
    return came.text.strip() if isinstance(came, Said) else ""
