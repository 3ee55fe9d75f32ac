"""One person's part of a batch: their events in order, and everything that comes of them.

Nothing here touches the database. A step that raises leaves no trace, so the dispatcher can set
the event aside and keep what went before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.inbound.events import Reaction, ThreadControl, WireEvent, decode
from bot.inbound.keeping import MUTE_MS, WINDOW_MS
from bot.outbound.doubt import RESENDS
from bot.outbound.render import render
from bot.turns.effects import ConsentActs, apply
from bot.turns.inputs import is_handed_to, to_event
from bot.turns.state import from_bytes, to_bytes, to_time
from flows import step
from flows.apology import apology
from flows.kit.reply import Reply
from flows.kit.turn import ConsentState, Event, Outcome, Person, Site, TimedOut
from storage import ConsentStatus, KnownPerson, NewMessage, PendingEvent, Retention


@dataclass(frozen=True, slots=True)
class Rules:
    """What a turn needs to know besides the person: the same for everybody on a Page."""

    site: Site
    app_id: str
    retention: Retention


class Conversation:
    """Takes a person through their events and gathers the changes."""

    def __init__(
        self, person: KnownPerson, statuses: Mapping[str, ConsentStatus], rules: Rules
    ) -> None:
        self._rules = rules
        self._person = person
        self._position, self._memory = from_bytes(person.state)
        self.acts = ConsentActs(person.person_id, dict(statuses))
        self.messages: list[NewMessage] = []
        self.handled: list[int] = []
        #: Whether the timer of the person's place is to be replaced, and by which.
        self.resets_timer = False
        self.timer_due_at_ms: int | None = None

    @property
    def person(self) -> KnownPerson:
        """Return the person as they are to be written back."""
        return replace(self._person, state=to_bytes(self._position, self._memory))

    def take(self, event: PendingEvent, *, now_ms: int) -> None:
        """Handle one event wholly, or raise and change nothing."""
        if event.body == TIMED_OUT:
            self._step(self._timed_out(event), event.platform_at_ms, now_ms)
        else:
            self._take_wire(decode(event.body or b""), event, now_ms)
        self.handled.append(event.inbox_id)

    def apologise(self, event: PendingEvent, *, now_ms: int) -> None:
        """Answer an event that could not be handled; silence would be worse."""
        sorry = apology(self._rules.site, self._person.language)
        self._queue((sorry,), event.platform_at_ms, now_ms)

    def _take_wire(self, wire: WireEvent, event: PendingEvent, now_ms: int) -> None:
        at_ms = event.platform_at_ms
        if isinstance(wire, ThreadControl):
            self._step(to_event(wire, at_ms=at_ms, app_id=self._rules.app_id), at_ms, now_ms)
            handed = is_handed_to(wire, self._rules.app_id)
            until_ms = 0 if handed else at_ms + MUTE_MS
            if wire.kind != "request":
                self._person = replace(self._person, muted_until_ms=until_ms)
            return
        if isinstance(wire, Reaction):
            self._heard(at_ms)
            return
        self._step(to_event(wire, at_ms=at_ms, app_id=self._rules.app_id), at_ms, now_ms)
        self._heard(at_ms)

    def _timed_out(self, event: PendingEvent) -> Event | None:
        if self._position is None:
            return None
        return Event(TimedOut(self._position.place), at=to_time(event.platform_at_ms))

    def _step(self, event: Event | None, at_ms: int, now_ms: int) -> None:
        if event is None:
            return
        outcome = step(self._rules.site, self._snapshot(now_ms), event, now=to_time(now_ms))
        self._accept(outcome, event.at, at_ms, now_ms)

    def _accept(self, outcome: Outcome, at: datetime, at_ms: int, now_ms: int) -> None:
        self._person, self._memory = apply(
            outcome.effects, self._person, self._memory, self.acts, self._rules.site, at
        )
        self._position = outcome.position
        self.resets_timer, timer = True, outcome.timer
        self.timer_due_at_ms = None if timer is None else now_ms + timer.after_s * 1000
        self._queue(outcome.replies, at_ms, now_ms)

    def _queue(self, replies: tuple[Reply, ...], at_ms: int, now_ms: int) -> None:
        window_ends_at_ms = max(self._person.window_ends_at_ms, at_ms + WINDOW_MS)
        self.messages += [
            NewMessage(
                person_id=self._person.person_id,
                page_id=self._person.page_id,
                key=self._person.key,
                body=render(reply),
                kind="answer",
                due_at_ms=now_ms,
                expires_at_ms=window_ends_at_ms,
                resends_left=RESENDS["answer"],
            )
            for reply in replies
        ]

    def _heard(self, at_ms: int) -> None:
        """Note that the person acted: the window opens, and the time of keeping starts anew."""
        heard_at = max(to_time(at_ms), self._memory.last_heard_at or to_time(0))
        self._memory = replace(self._memory, last_heard_at=heard_at)
        heard_ms = round(heard_at.timestamp() * 1000)
        due_ms = self._rules.retention.erase_due_at_ms(heard_ms, self.acts.statuses.values())
        self._person = replace(
            self._person,
            window_ends_at_ms=max(self._person.window_ends_at_ms, at_ms + WINDOW_MS),
            erase_due_at_ms=due_ms,
        )

    def _snapshot(self, now_ms: int) -> Person:
        kept = self._person
        return Person(
            language=kept.language or self._rules.site.default_language,
            is_muted=kept.muted_until_ms > now_ms,
            consents={name: _state(status) for name, status in self.acts.statuses.items()},
            position=self._position,
            memory=self._memory,
        )


#: The body of an inbox row that a timer left there.
TIMED_OUT = b"timed out"


def _state(status: ConsentStatus) -> ConsentState:
    return ConsentState(
        granted_at=_time(status.granted_at_ms),
        refused_at=_time(status.refused_at_ms),
        withdrawn_at=_time(status.withdrawn_at_ms),
    )


def _time(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else to_time(at_ms)
