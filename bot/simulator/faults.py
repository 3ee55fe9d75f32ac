"""Faults on purpose: what can go wrong between a send and its answer."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.simulator.graph_error import Refusal, throttled


class Answer(StrEnum):
    """What the caller sees."""

    NORMAL = "normal"
    REFUSAL = "refusal"
    RESET = "reset"
    GARBAGE = "garbage"
    HANG = "hang"


class Echo(StrEnum):
    """When the echo of an accepted send comes."""

    AT_ONCE = "at once"
    LATE = "late"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A send that is about to be accepted, as a rule sees it."""

    page_id: str
    psid: str
    metadata: str | None
    text: str
    #: How many sends the simulator was asked for before this one.
    earlier_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong with one send."""

    answer: Answer = Answer.NORMAL
    is_accepted: bool = True
    echo: Echo = Echo.AT_ONCE
    refusal: Refusal | None = None
    throttle_minutes: int = 0

    @classmethod
    def refused(cls, code: int, subcode: int | None = None, *, status: int = 400) -> "Fault":
        """Refuse with this error; the person sees nothing."""
        refusal = Refusal(code, "Refused on purpose.", subcode, status=status)
        return cls(answer=Answer.REFUSAL, is_accepted=False, refusal=refusal)

    @classmethod
    def down(cls, status: int = 500, *, is_accepted: bool = False) -> "Fault":
        """Answer 5xx with Graph's temporary error; the caller cannot know what happened."""
        refusal = Refusal(2, "Service temporarily unavailable.", status=status, is_transient=True)
        return cls(answer=Answer.REFUSAL, is_accepted=is_accepted, refusal=refusal)

    @classmethod
    def throttled(cls, *, minutes: int) -> "Fault":
        """Refuse with 80006, and say in the usage header when to come back."""
        return cls(answer=Answer.REFUSAL, is_accepted=False, throttle_minutes=minutes)

    @classmethod
    def reset(cls, *, is_accepted: bool, echo: Echo = Echo.AT_ONCE) -> "Fault":
        """Reset the connection, before or after the message reached the person."""
        return cls(answer=Answer.RESET, is_accepted=is_accepted, echo=echo)

    @classmethod
    def garbage(cls, *, is_accepted: bool = True, echo: Echo = Echo.AT_ONCE) -> "Fault":
        """Answer 200 with something that is not JSON."""
        return cls(answer=Answer.GARBAGE, is_accepted=is_accepted, echo=echo)

    @classmethod
    def hang(cls, *, is_accepted: bool, echo: Echo = Echo.AT_ONCE) -> "Fault":
        """Answer nothing until `Faults.release`."""
        return cls(answer=Answer.HANG, is_accepted=is_accepted, echo=echo)

    @classmethod
    def echo_lost(cls) -> "Fault":
        """Accept and answer as always, but never send the echo."""
        return cls(echo=Echo.NEVER)

    @classmethod
    def echo_late(cls) -> "Fault":
        """Accept and answer as always, but hold the echo until `Faults.release`."""
        return cls(echo=Echo.LATE)

    def refusal_for(self, page_id: str) -> Refusal:
        """Return the error that this fault answers with."""
        return self.refusal or throttled(page_id, minutes=self.throttle_minutes)


Rule = Callable[[Attempt], Fault | None]


class Faults:
    """The faults that are still to come: those queued go first, then the rule is asked."""

    def __init__(self) -> None:
        self._queue: deque[Fault] = deque()
        self._rule: Rule | None = None
        self._release = asyncio.Event()

    def next(self, *faults: Fault) -> None:
        """Let the next sends go wrong like this, one after the other."""
        self._queue.extend(faults)

    def rule(self, rule: Rule | None) -> None:
        """Ask `rule` about every send; None takes the rule away."""
        self._rule = rule

    def release(self) -> None:
        """Let go of every held call and every late echo."""
        self._release.set()
        self._release = asyncio.Event()

    async def wait_for_release(self) -> None:
        """Wait until the next `release`."""
        await self._release.wait()

    def take(self, attempt: Attempt) -> Fault | None:
        """Return what goes wrong with this send, or None."""
        if self._queue:
            return self._queue.popleft()
        return self._rule(attempt) if self._rule else None
