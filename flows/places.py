"""What an event does in the place where a person is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from flows import answers, lost, welcome
from flows.admin import session
from flows.kit import engine
from flows.kit.errors import PlaceGone
from flows.kit.turn import Arrived, Showed, TimedOut
from flows.registry import FLOWS
from flows.ways import offers, ways
from flows.words import MENU, NEWS, REPEAT

if TYPE_CHECKING:
    from flows.hearing import Heard, TappedChoice
    from flows.kit.engine import Draft
    from flows.kit.flow import AnyFlow
    from flows.kit.person import Position
    from flows.kit.turn import Timer, Turn


class Here(NamedTuple):
    """A stored position, found again."""

    flow: AnyFlow
    #: The flow's own enum member; None where it has to start again.
    place: Any
    #: An older version's place, mapped: its question is asked anew.
    is_moved: bool


def find(position: Position | None) -> Here | None:
    """Find a stored position; None where there is none to go back to."""
    flow = FLOWS.named(position.flow) if position else None
    if position is None or flow is None:
        return None
    if position.version == flow.version:
        return Here(flow, flow.place_named(position.place), is_moved=False)
    is_older = position.version < flow.version
    return Here(flow, flow.moved.get(position.place) if is_older else None, is_moved=True)


def timer_of(position: Position | None) -> Timer | None:
    """Give the timer of a stored position."""
    here = find(position)
    return engine.timer_at(here.flow, here.place) if here and here.place is not None else None


def is_in_place(turn: Turn) -> bool:
    """Tell whether the person is in a place that still exists."""
    here = find(turn.person.position)
    return here is not None and here.place is not None


def takes_word(turn: Turn) -> bool:
    """Tell whether the place has its own use for what was typed, as an answer to its question."""
    position = turn.person.position
    here = find(position)
    if here is None or here.place is None or here.is_moved or position is None:
        return False
    return engine.takes_word(here.flow, here.place, replace(turn, notes=position.notes))


def with_what_was_found(turn: Turn, what: str) -> Draft | None:
    """Go on with what an effect of this turn brought; None where nobody waits for it."""
    flow = FLOWS.finding(what)
    if flow is None:
        return None
    position = turn.person.position
    notes = position.notes if position and position.flow == flow.name else {}
    draft = engine.found(flow, replace(turn, notes=notes), what)
    # In the same bubble: one of its own would take away the quick replies under the answer.
    said = "\n\n".join(part for part in (session.opened(turn), draft.said) if part)
    return aside(turn, flow, replace(draft, said=said))


def aside(turn: Turn, flow: AnyFlow, draft: Draft) -> Draft:
    """Leave the person in their place, with a way to go on, where a flow answers in passing."""
    if not flow.is_aside or draft.position is not None or not is_in_place(turn):
        return draft
    position = turn.person.position
    onward = ways(turn, REPEAT) + draft.choices
    return replace(draft, position=position, timer=timer_of(position), choices=onward)


def in_place(turn: Turn, heard: Heard) -> Draft | None:
    """Answer in the place of the person; None where they are in none."""
    position = turn.person.position
    here = find(position)
    if here is None or position is None:
        return None
    turn = replace(turn, notes=position.notes)
    try:
        return _at(here, turn, heard, position)
    except PlaceGone:
        return _restart(here.flow, turn)


def _at(here: Here, turn: Turn, heard: Heard, position: Position) -> Draft | None:
    flow, place, is_moved = here
    if place is None:
        return _restart(flow, turn)
    if isinstance(turn.event.input, Arrived):
        return engine.ask_again(flow, place, turn)
    question = engine.question_at(flow, place, turn)
    is_changed = is_moved or position.notes.get(engine.SHOWN) != question.hash8
    takes_file = flow.prompts[place].takes_file
    refusal = _refusal(turn, heard, position, is_changed=is_changed, takes_file=takes_file)
    if refusal:
        return engine.ask_again(flow, place, turn, said=refusal)
    tapped = replace(turn, choice=heard.choice.key) if heard.choice else turn
    answered = engine.answer(flow, place, tapped, question)
    if answered or FLOWS.opened_by(heard.word):
        return answered
    return _otherwise(flow, place, turn, heard)


def _otherwise(flow: AnyFlow, place: Any, turn: Turn, heard: Heard) -> Draft:
    """Say the Page's own answer before the question, where the text was not meant for it."""
    nothing = engine.otherwise(flow, place, turn)
    known = answers.text_for(turn, heard)
    if not known:
        return nothing
    if not nothing.effects:
        return replace(nothing, said=known)
    # A place that takes any text gets it, unless it is word for word a question of the Page's.
    is_question = answers.is_question(turn, heard)
    return engine.ask_again(flow, place, turn, said=known) if is_question else nothing


def _refusal(
    turn: Turn, heard: Heard, position: Position, *, is_changed: bool, takes_file: bool
) -> str:
    """Say why this can't be the answer to the question; empty where it may be one."""
    came = turn.event.input
    if isinstance(came, Showed) and not (takes_file and came.url):
        return lost.cannot_read(turn)
    if heard.choice and not _is_of(heard.choice, position):
        return lost.too_old(turn)
    return lost.changed(turn) if is_changed else ""


def _is_of(choice: TappedChoice, position: Position) -> bool:
    """Tell whether a button belongs to the question that was asked last."""
    asked = (position.flow, str(position.version), position.place, position.notes.get(engine.SHOWN))
    return asked == (choice.flow, choice.version, choice.place, choice.hash8)


def _restart(flow: AnyFlow, turn: Turn) -> Draft | None:
    """Open a flow again, if it is one that people open; its place is never guessed."""
    if not flow.opens_on:
        return None
    draft = engine.open_flow(flow, replace(turn, opener=flow.opens_on[0]))
    said = " ".join(part for part in (lost.changed(turn), draft.said) if part)
    return replace(draft, said=said)


def ask_again(turn: Turn, *, said: str = "") -> Draft | None:
    """Ask the question of the place again; None where there is none."""
    position = turn.person.position
    here = find(position)
    if here is None or position is None:
        return None
    turn = replace(turn, notes=position.notes)
    try:
        if here.place is not None:
            return engine.ask_again(here.flow, here.place, turn, said=said)
    except PlaceGone:
        pass
    return _restart(here.flow, turn)


def go_back(turn: Turn) -> Draft | None:
    """Ask the question before this one, or this one where it is the first."""
    position = turn.person.position
    here = find(position)
    if here is None or position is None or here.place is None:
        return None
    before = here.flow.place_named(position.notes.get(engine.BACK, ""))
    if before is None:
        return ask_again(turn, said=turn.tell(lost.FIRST_QUESTION))
    notes = {name: note for name, note in position.notes.items() if name != engine.BACK}
    return engine.ask_again(here.flow, before, replace(turn, notes=notes))


def after_silence(turn: Turn) -> Draft | None:
    """Follow the time-out of a place, if the person is still there."""
    position = turn.person.position
    here = find(position)
    timed_out = turn.event.input
    if here is None or position is None or not isinstance(timed_out, TimedOut):
        return None
    if here.place is None or here.is_moved or timed_out.place != position.place:
        return None
    return engine.time_out(here.flow, here.place, replace(turn, notes=position.notes))


def back_from_human(turn: Turn) -> Draft:
    """Say that the bot writes again, and ask what was open."""
    said = welcome.back_from_human(turn)
    open_question = ask_again(turn, said=said)
    if open_question is not None:
        return open_question
    return engine.Draft(said=said, choices=offers(turn, NEWS, MENU), flow_name=welcome.flow.name)
