"""The proof at import: every place is reached, asked, answered and left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# `Any` below: one flow's own enum of places; the check reads any flow's.


class Checked(Protocol):
    """What the check reads of a flow, which is built on this file and not the other way round."""

    places: Any

    def entries(self) -> Iterable[Any]:
        """List the arrows from outside."""

    @property
    def prompts(self) -> Mapping[Any, Any]:
        """What each place asks."""

    @property
    def otherwises(self) -> Mapping[Any, Any]:
        """What each place does with any other answer."""

    @property
    def arrows(self) -> Mapping[Any, Iterable[Any]]:
        """The ways from each place by an answer."""

    @property
    def moved(self) -> Mapping[str, Any]:
        """Where the places of older versions went."""

    def place_named(self, name: str) -> Any:
        """Find a place by its name."""

    def arrows_from(self, place: Any) -> Iterable[Any]:
        """List every way from a place."""


def faults_of(flow: Checked) -> Iterator[str]:
    """List what is wrong with a flow, one sentence each."""
    if not any(True for _ in flow.entries()):
        yield "nothing opens it"
    for place in flow.places:
        yield from _faults_at(flow, place)
    yield from _unreached(flow)
    yield from _trapped(flow)
    for old, new in flow.moved.items():
        if flow.place_named(old) is not None:
            yield f"{old} is moved to {new.value}, but still exists"


def _faults_at(flow: Checked, place: Any) -> Iterator[str]:
    prompt = flow.prompts.get(place)
    if prompt is None:
        yield f"{place.value} asks nothing"
    if place not in flow.otherwises:
        yield f"{place.value} has no otherwise"
    yield from _faults_of_answers(flow, place)
    if prompt is not None and isinstance(prompt.choices, tuple):
        answered = {arrow.answer for arrow in flow.arrows.get(place, ())}
        offered = set(prompt.choices)
        yield from (f"{place.value}: nobody answers {c}" for c in sorted(offered - answered))
        yield from (f"{place.value}: {a} is not offered" for a in sorted(answered - offered - {""}))


def _faults_of_answers(flow: Checked, place: Any) -> Iterator[str]:
    """An answer behind the same answer without a guard, or a word given twice, is never taken."""
    done: set[str] = set()
    spelled: dict[tuple[str, str], str] = {}
    for arrow in flow.arrows.get(place, ()):
        if not (arrow.answer or arrow.words or arrow.when):
            yield f"{place.value} has an arrow without answer, words or guard"
        if arrow.answer and arrow.answer in done:
            yield f"{place.value}: {arrow.answer} is answered twice"
        if arrow.when is None:
            done.add(arrow.answer)
        for language, words in (arrow.words or {}).items():
            for word in words:
                if spelled.setdefault((language, word), arrow.answer) != arrow.answer:
                    yield f"{place.value}: {word} ({language}) answers two things"


def _unreached(flow: Checked) -> Iterator[str]:
    reached: set[Any] = set()
    ahead = [arrow.goes_to for arrow in flow.entries()] + list(flow.moved.values())
    while ahead:
        place = ahead.pop()
        if place in flow.places and place not in reached:
            reached.add(place)
            ahead.extend(arrow.goes_to for arrow in flow.arrows_from(place))
    yield from (f"nobody reaches {place.value}" for place in flow.places if place not in reached)


def _trapped(flow: Checked) -> Iterator[str]:
    """List the places from which no arrows lead to the end."""
    free: set[Any] = set()
    grew = True
    while grew:
        before = len(free)
        for place in flow.places:
            if any(
                a.goes_to in free or a.goes_to not in flow.places for a in flow.arrows_from(place)
            ):
                free.add(place)
        grew = len(free) > before
    yield from (f"{place.value} has no way out" for place in flow.places if place not in free)
