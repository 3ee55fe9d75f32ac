"""Moves a person through one flow; no clock, no I/O, nothing stored here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flows.kit.effects import ASKING
from flows.kit.errors import NoteUndeclared
from flows.kit.flow import END, Arrow, Flow, Option, key_of
from flows.kit.person import Position
from flows.kit.reply import Choice
from flows.kit.turn import Timer
from flows.kit.words import normalise_title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.kit.effects import Effect
    from flows.kit.reply import Button, Say
    from flows.kit.turn import Turn

#: Notes that the engine keeps itself: which question was shown, and the place before.
SHOWN = "shown"
BACK = "back"
ENGINE_NOTES = frozenset({SHOWN, BACK})

# `Any` below: one flow's own enum of places; the engine moves through any flow.


@dataclass(frozen=True, slots=True)
class Question:
    """What a place asks, worked out for one person."""

    text: str
    options: tuple[Option, ...]
    #: Text and titles as shown; what a consent is recorded with.
    exact: str
    #: First eight hex digits of the SHA-256 of `exact`.
    hash8: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a turn has come to, before it is put into bubbles."""

    said: str = ""
    asked: str = ""
    effects: tuple[Effect, ...] = ()
    position: Position | None = None
    choices: tuple[Choice, ...] = ()
    buttons: tuple[Button, ...] = ()
    flow_name: str = ""
    place: str = ""
    timer: Timer | None = field(default=None)


def question_at(flow: Flow[Any], place: Any, turn: Turn) -> Question:
    """Work out what a place asks this person."""
    prompt = flow.prompts[place]
    text = turn.tell(prompt.text) if isinstance(prompt.text, str) else prompt.text(turn)
    if isinstance(prompt.choices, tuple):
        options = tuple(Option(key_of(c), turn.tell(c)) for c in prompt.choices)
    else:
        options = prompt.choices(turn)
    exact = "\n".join([text, " ".join(f"[{option.title}]" for option in options)]).rstrip()
    return Question(text, options, exact, sha256(exact.encode()).hexdigest()[:8])


def open_flow(flow: Flow[Any], turn: Turn) -> Draft:
    """Begin a flow; its last opening has no guard."""
    turn = replace(turn, notes={})
    arrow = next(a for a in flow.openings if a.when is None or a.when(turn))
    return _follow(flow, arrow, turn)


def found(flow: Flow[Any], turn: Turn, what: str) -> Draft:
    """Go on with what an effect brought; the last arrow has no guard."""
    arrow = next(a for a in flow.finds[what] if a.when is None or a.when(turn))
    return _follow(flow, arrow, turn)


def takes_word(flow: Flow[Any], place: Any, turn: Turn) -> bool:
    """Tell whether a place has its own use for a typed word."""
    return any(
        arrow.words and _fits(arrow, turn) and (arrow.when is None or arrow.when(turn))
        for arrow in flow.arrows.get(place, ())
    )


def answer(flow: Flow[Any], place: Any, turn: Turn, question: Question) -> Draft | None:
    """Take the arrow that this answer belongs to; None if there is none.

    Args:
        flow: The flow the person is in.
        place: Where in it.
        turn: Carries the key of the tapped choice, or the typed word.
        question: What the place asks the person now.
    """
    key = turn.choice or _typed_choice(question, turn.word)
    turn = replace(turn, choice=key, asked=question.exact)
    for arrow in flow.arrows.get(place, ()):
        if _fits(arrow, turn) and (arrow.when is None or arrow.when(turn)):
            kept = flow.prompts[place].keeps
            noted = turn.with_notes({kept: key or turn.word}) if kept else turn
            return _follow(flow, arrow, noted, came_from=place)
    return None


def otherwise(flow: Flow[Any], place: Any, turn: Turn) -> Draft:
    """Take the arrow for texts that answer nothing."""
    return _follow(flow, flow.otherwises[place], turn, came_from=place)


def time_out(flow: Flow[Any], place: Any, turn: Turn) -> Draft | None:
    """Take the arrow for silence; None where a place waits for ever."""
    waited = flow.time_outs.get(place)
    return _follow(flow, waited.arrow, turn, came_from=place) if waited else None


def ask_again(flow: Flow[Any], place: Any, turn: Turn, *, said: str = "") -> Draft:
    """Ask what a place asks, as a fresh question after some words."""
    question = question_at(flow, place, turn)
    notes = {**turn.notes, SHOWN: question.hash8}
    return Draft(
        said=said,
        asked=question.text,
        position=Position(flow.name, flow.version, place.value, notes),
        choices=tuple(
            Choice(o.title, payload_of(flow, place.value, o.key, question.hash8))
            for o in question.options
        )
        + flow.prompts[place].ways(turn),
        flow_name=flow.name,
        place=place.value,
        timer=timer_at(flow, place),
    )


def timer_at(flow: Flow[Any], place: Any) -> Timer | None:
    """Give the timer that runs while a person is in a place."""
    waited = flow.time_outs.get(place)
    return Timer(place.value, waited.after_s) if waited else None


def payload_of(flow: Flow[Any], place: str, key: str, hash8: str) -> str:
    """Write the payload of a choice: flow, version, place, choice, question."""
    return f"{flow.name}:{flow.version}:{place}:{key}:{hash8}"


def _typed_choice(question: Question, word: str) -> str:
    if not word:
        return ""
    return next((o.key for o in question.options if normalise_title(o.title) == word), "")


def _fits(arrow: Arrow[Any], turn: Turn) -> bool:
    if arrow.answer and arrow.key == turn.choice:
        return True
    if arrow.words and turn.word:
        return turn.word in arrow.words.get(turn.language, ())
    return not arrow.answer and not arrow.words


def _follow(flow: Flow[Any], arrow: Arrow[Any], turn: Turn, *, came_from: Any = None) -> Draft:
    say = arrow.handler(turn)
    _check_notes(flow, say.notes)
    if arrow.goes_to is END:
        return _leave(flow, say, came_from)
    notes = {**turn.notes, **say.notes}
    if came_from is not None and came_from is not arrow.goes_to:
        notes[BACK] = came_from.value
    if any(isinstance(effect, ASKING) for effect in say.effects):
        return _wait(flow, arrow.goes_to, notes, say)
    asked = ask_again(flow, arrow.goes_to, replace(turn, notes=notes), said=say.text)
    return replace(asked, effects=say.effects, buttons=say.buttons)


def _wait(flow: Flow[Any], place: Any, notes: Mapping[str, str], say: Say) -> Draft:
    """Go to a place in silence: what is found there follows in the same turn."""
    return Draft(
        effects=say.effects,
        position=Position(flow.name, flow.version, place.value, notes),
        flow_name=flow.name,
        place=place.value,
        timer=timer_at(flow, place),
    )


def _leave(flow: Flow[Any], say: Say, came_from: Any) -> Draft:
    return Draft(
        said=say.text,
        effects=say.effects,
        choices=say.choices,
        buttons=say.buttons,
        flow_name=flow.name,
        place="" if came_from is None else came_from.value,
    )


def _check_notes(flow: Flow[Any], notes: Mapping[str, str]) -> None:
    strangers = notes.keys() - flow.kept_fields()
    if strangers:
        raise NoteUndeclared(f"{flow.name}: {sorted(strangers)}")
