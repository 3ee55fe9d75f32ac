"""How a conversation is declared: its places, what each asks, and where every answer leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from flows.kit.check import faults_of
from flows.kit.errors import BrokenFlow
from flows.kit.reply import Choice, Say
from flows.kit.turn import Turn
from flows.kit.words import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

P = TypeVar("P", bound=StrEnum)


class Ending(Enum):
    """The way out of a flow."""

    END = "[*]"


END: Final = Ending.END

#: Whoever finds the phone later finds no open question.
FORGET_AFTER_S: Final = 900

Handler = Callable[[Turn], Say]
Guard = Callable[[Turn], bool]
Ways = Callable[[Turn], tuple[Choice, ...]]
#: language -> spellings, beside the title of the button.
Synonyms = Mapping[str, tuple[str, ...]]


class Option(NamedTuple):
    """A choice under a question: its key is stored in payloads, its title is read."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Prompt(Generic[P]):
    """What a place asks."""

    place: P
    text: str | Callable[[Turn], str]
    #: English titles, or options worked out for the turn.
    choices: tuple[str, ...] | Callable[[Turn], tuple[Option, ...]]
    #: Name of the field that keeps the answer; empty if none does.
    keeps: str
    #: Ways onward behind the choices: words that lead out of the place.
    ways: Ways
    #: Whether a file is an answer here; elsewhere nothing but text is.
    takes_file: bool = False


@dataclass(frozen=True, slots=True)
class Arrow(Generic[P]):
    """One way from a place to another, and what is said on it."""

    goes_to: P | Ending
    handler: Handler
    #: English title of the choice; empty where words or a guard decide alone.
    answer: str = ""
    words: Mapping[str, frozenset[str]] | None = None
    when: Guard | None = None

    @property
    def key(self) -> str:
        """Key of the choice that this arrow answers."""
        return key_of(self.answer)


@dataclass(frozen=True, slots=True)
class TimeOut(Generic[P]):
    """Where a place leads when nobody answers."""

    after_s: int
    arrow: Arrow[P]


def no_ways(_turn: Turn) -> tuple[Choice, ...]:
    """Offer nothing behind the choices."""
    return ()


def key_of(title: str) -> str:
    """Make the key of a choice from its English title: "That's right" is "that-s-right"."""
    return normalise(title).replace(" ", "-")


class Flow(Generic[P]):
    """One conversation.

    Args:
        name: Stored in positions and payloads; never renamed.
        version: Raised whenever a stored position could be misread.
        places: The places in the order people meet them; their values are stored.
        opens_on: Words that open it.
        is_aside: It answers and leaves the person where they were.
        moved: Places of older versions and what they are now; others start again.
        notes: Names of the notes it keeps beside its answers.
    """

    def __init__(  # noqa: PLR0913 - a declaration, read once; every part is named
        self,
        name: str,
        *,
        version: int,
        places: type[P],
        opens_on: tuple[str, ...] = (),
        is_aside: bool = False,
        moved: Mapping[str, P] | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.version = version
        self.places = places
        self.opens_on = opens_on
        self.is_aside = is_aside
        self.moved = dict(moved or {})
        self.prompts: dict[P, Prompt[P]] = {}
        self.openings: list[Arrow[P]] = []
        self.arrows: dict[P, list[Arrow[P]]] = {}
        self.otherwises: dict[P, Arrow[P]] = {}
        self.time_outs: dict[P, TimeOut[P]] = {}
        self.finds: dict[str, list[Arrow[P]]] = {}
        self._kept = frozenset(notes)
        self._by_value = {place.value: place for place in places}

    def ask(
        self,
        place: P,
        text: str | Callable[[Turn], str],
        *,
        choices: tuple[str, ...] | Callable[[Turn], tuple[Option, ...]] = (),
        keeps: str = "",
        ways: Ways = no_ways,
        takes_file: bool = False,
    ) -> None:
        """Say what a place asks, with its quick replies."""
        if place in self.prompts:
            raise BrokenFlow(self.name, faults=(f"{place.value} asks twice",))
        self.prompts[place] = Prompt(place, text, choices, keeps, ways, takes_file)
        if keeps:
            self._kept |= {keeps}

    def opens(
        self, *, goes_to: P | Ending, when: Guard | None = None
    ) -> Callable[[Handler], Handler]:
        """Declare how the flow begins; tried in file order."""

        def declare(handler: Handler) -> Handler:
            self.openings.append(Arrow(goes_to, handler, when=when))
            return handler

        return declare

    def on(
        self,
        place: P,
        answer: str = "",
        *,
        words: Synonyms | None = None,
        when: Guard | None = None,
        goes_to: P | Ending,
    ) -> Callable[[Handler], Handler]:
        """Declare what one answer does; tried in file order."""
        spelled = {
            language: frozenset(map(normalise, texts)) for language, texts in (words or {}).items()
        }

        def declare(handler: Handler) -> Handler:
            arrow = Arrow(goes_to, handler, answer, spelled or None, when)
            self.arrows.setdefault(place, []).append(arrow)
            return handler

        return declare

    def otherwise(self, place: P, *, goes_to: P | Ending) -> Callable[[Handler], Handler]:
        """Declare what happens on any other text in a place."""

        def declare(handler: Handler) -> Handler:
            if place in self.otherwises:
                raise BrokenFlow(self.name, faults=(f"{place.value} has two otherwises",))
            self.otherwises[place] = Arrow(goes_to, handler)
            return handler

        return declare

    def times_out(
        self, place: P, *, after_s: int, goes_to: P | Ending
    ) -> Callable[[Handler], Handler]:
        """Declare what happens when nobody answers for so long."""

        def declare(handler: Handler) -> Handler:
            self.time_outs[place] = TimeOut(after_s, Arrow(goes_to, handler))
            return handler

        return declare

    def forgets(self, place: P, *, after_s: int = FORGET_AFTER_S) -> None:
        """Declare that a question which nobody answers for so long is dropped in silence."""
        self.times_out(place, after_s=after_s, goes_to=END)(_in_silence)

    def on_found(
        self, what: str, *, goes_to: P | Ending, when: Guard | None = None
    ) -> Callable[[Handler], Handler]:
        """Declare what is done with what an effect brought; tried in file order."""

        def declare(handler: Handler) -> Handler:
            self.finds.setdefault(what, []).append(Arrow(goes_to, handler, when=when))
            return handler

        return declare

    def check(self) -> None:
        """Refuse a flow with a place that nobody reaches, asks, answers or leaves."""
        faults = tuple(faults_of(self))
        if faults:
            raise BrokenFlow(self.name, faults=faults)

    def place_named(self, value: str) -> P | None:
        """Find a place by its stored value."""
        return self._by_value.get(value)

    def kept_fields(self) -> frozenset[str]:
        """List the names of everything this flow keeps in notes."""
        return self._kept

    def entries(self) -> Iterator[Arrow[P]]:
        """List every way in from outside: by a word, or by what was found."""
        yield from self.openings
        for arrows in self.finds.values():
            yield from arrows

    def arrows_from(self, place: P) -> Iterator[Arrow[P]]:
        """List every way out of a place, answers first."""
        yield from self.arrows.get(place, ())
        if place in self.otherwises:
            yield self.otherwises[place]
        if place in self.time_outs:
            yield self.time_outs[place].arrow


AnyFlow = Flow[Any]


def _in_silence(_turn: Turn) -> Say:
    """Say nothing."""
    return Say()
