"""What is remembered of a person, as a flow is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Position:
    """Where a person is: a place of one version of one flow, with its notes."""

    flow: str
    version: int
    place: str
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The last yes, no and withdrawal of one purpose; aware UTC times."""

    granted_at: datetime | None = None
    refused_at: datetime | None = None
    withdrawn_at: datetime | None = None
    #: Since when the notice asks everybody anew, so that no yes from before counts.
    asked_anew_at: datetime | None = None

    @property
    def is_granted(self) -> bool:
        """Whether the last yes is newer than whatever ended one."""
        if self.granted_at is None:
            return False
        ended = (self.refused_at, self.withdrawn_at, self.asked_anew_at)
        return all(self.granted_at > at for at in ended if at is not None)

    @property
    def is_asked_anew(self) -> bool:
        """Whether there was a yes that the notice alone has ended."""
        if self.granted_at is None or self.asked_anew_at is None or self.is_granted:
            return False
        return all(self.granted_at > at for at in (self.refused_at, self.withdrawn_at) if at)


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a person across flows."""

    #: Old enough? None until asked.
    age_ok: bool | None = None
    #: The least age that answer was about, in years.
    age_asked: int = 0
    #: When the person was last told that this is a bot and what it keeps.
    told_at: datetime | None = None
    #: When the person last wrote, before this event.
    last_heard_at: datetime | None = None
    owes_stop_confirmation: bool = False
    #: Names of the details the person did not want to give.
    skipped: tuple[str, ...] = ()
    #: How many waiting answers the person was told of.
    answers_told: int = 0
    #: How much waiting news the person was offered.
    news_offered: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody of the team has looked at the person's data."""

    role: str
    on: date


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One thing that the notice says otherwise now."""

    #: Such as "purpose_added", "recipient_added", "retention" or "words".
    kind: str
    #: What it is about, by language; under "" where it is the same in all.
    name: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PolicyNews:
    """A version of the notice that a person was not told of."""

    number: int
    #: From when on it holds, aware UTC.
    holds_from: datetime
    changes: tuple[PolicyChange, ...]
    #: Ids of the purposes to which an older yes counts no more.
    asks_again: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """A person on one Page, as known before this event."""

    language: str
    #: A human holds the thread, so the bot keeps out of it.
    is_muted: bool = False
    #: The person asked that their data be kept but not used.
    is_restricted: bool = False
    #: Something the bot said has not reached the person yet.
    has_unheard: bool = False
    #: Looks at their data that they were not told of, the oldest first.
    looks: tuple[Look, ...] = ()
    #: Answers of the team that could not be delivered yet.
    waiting_answers: int = 0
    #: News they still agree to that could not be pushed to them.
    waiting_news: int = 0
    has_breach_notice: bool = False
    #: A version of the notice that they were not told of.
    policy_news: PolicyNews | None = None
    consents: Mapping[str, ConsentState] = field(default_factory=dict)
    position: Position | None = None
    memory: Memory = field(default_factory=Memory)
