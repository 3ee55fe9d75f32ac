"""One person's part of a batch: their events in order, and everything that comes of them.

Nothing here touches the database. A step that raises leaves no trace, so the batch can set the
event aside and keep what went before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from bot.inbound.events import Reaction, ThreadControl, WireEvent, decode
from bot.inbound.keeping import WINDOW_MS
from bot.turns.effects import ConsentActs, apply
from bot.turns.inputs import muted_until_ms, to_event
from bot.turns.lookups import Asked, asked_in
from bot.turns.own_events import due_in, found_in, is_own
from bot.turns.snapshot import snapshot
from bot.turns.speech import answer, speech
from bot.turns.state import State, from_bytes, to_bytes, to_ms, to_time
from bot.turns.untold import Untold
from flows import step, wants_stop
from flows.apology import apology
from flows.haste import slow_down
from flows.kit.effects import UNSAID, Withdraw
from flows.kit.found import NOT_A_COMMAND
from flows.kit.person import Memory, Person
from flows.kit.reply import Reply
from flows.kit.turn import Event, Outcome, Showed, Site, TimedOut
from flows.lost import is_not_understood
from storage import ConsentStatus, KnownPerson, NewMessage, PendingEvent, Retention


@dataclass(frozen=True, slots=True)
class Rules:
    """What a turn needs to know besides the person: the same for everybody on a Page."""

    site: Site
    app_id: str
    retention: Retention
    #: Whether Meta is told of each STOP.
    forwards_stop: bool = False


class Conversation:
    """Takes a person through their events and gathers the changes.

    Raises:
        msgspec.MsgspecError: What was kept of the person is of no form this version knows.
    """

    def __init__(
        self,
        person: KnownPerson,
        statuses: Mapping[str, ConsentStatus],
        rules: Rules,
        *,
        has_unsent: bool = False,
        untold: Untold | None = None,
    ) -> None:
        self._rules = rules
        self._has_unsent = has_unsent
        self._person = person
        self._state = from_bytes(person.state)
        self._was_restricted = person.restricted_since_ms is not None
        self._has_acted = False
        #: Whether the event being taken is the person's own act, which may always be answered.
        self._opens_window = False
        self._is_standby = False
        #: What the person did, as flows are told of it.
        self._event: Event | None = None
        #: What others did and the person does not know yet, and what they are told of that.
        self.untold = untold or Untold(person.person_id)
        self.acts = ConsentActs(person.person_id, dict(statuses))
        self.messages: list[NewMessage] = []
        self.handled: list[int] = []
        #: How many of their texts the bot had no answer to.
        self.not_understood = 0
        #: Whether the timer of the person's place is to be replaced, by the one in the state.
        self.resets_timer = False

    @property
    def changed(self) -> KnownPerson:
        """Return the person as they are to be written back."""
        kept = replace(self._person, state=to_bytes(self._state))
        # Whoever acts can be reached again.
        return replace(kept, unreachable_since_ms=None) if self._has_acted else kept

    @property
    def has_loosened(self) -> bool:
        """Tell whether there may be details left that nothing needs; restricted ones stay."""
        is_restricted = self._person.restricted_since_ms is not None
        return not is_restricted and (self._was_restricted or self.acts.has_ended_any)

    @property
    def timer_due_at_ms(self) -> int | None:
        """Return when the person's place times out."""
        return self._state.timer_due_at_ms

    @property
    def has_restricted(self) -> bool:
        """Tell whether the person's data may be used for nothing but their rights."""
        return self._person.restricted_since_ms is not None

    @property
    def person(self) -> KnownPerson:
        """Return the person as they are at this point of the batch."""
        return self._person

    @property
    def language(self) -> str:
        """Return the language the person is spoken to in."""
        return self._person.language or self._rules.site.default_language

    def mark(self) -> Callable[[], None]:
        """Return what undoes everything that happens from here on."""
        before = self._person, self._state, self._has_acted, self.resets_timer
        not_understood = self.not_understood
        said, noted, statuses = len(self.messages), len(self.acts.noted), dict(self.acts.statuses)
        untell = self.untold.mark()

        def undo() -> None:
            self._person, self._state, self._has_acted, self.resets_timer = before
            del self.messages[said:], self.acts.noted[noted:]
            untell()
            self.not_understood = not_understood
            self.acts.statuses = statuses

        return undo

    def take(self, event: PendingEvent, *, now_ms: int) -> list[Asked]:
        """Let one event happen; return what it asks for, to be answered by `hear_back`."""
        at_ms = event.platform_at_ms
        body = event.body or b""
        self._is_standby = False
        if is_own(body):
            self._opens_window = False
            # A human may hold the thread: it is taken for these words, and given back.
            self._is_standby = self._person.muted_until_ms > now_ms
            return self._take_own(body, at_ms, now_ms)
        wire = decode(body)
        self._opens_window = not isinstance(wire, ThreadControl)
        # Who is being handed over may write once more before the thread has changed hands.
        is_muted = self._opens_window and self._person.muted_until_ms > now_ms
        self._is_standby = wire.is_standby or is_muted
        asked: list[Asked] = []
        if not isinstance(wire, Reaction):
            told = to_event(wire, at_ms=at_ms, app_id=self._rules.app_id)
            self._event = told
            asked = self._step(told, now_ms) if self._is_answered(told, at_ms, now_ms) else []
        if isinstance(wire, ThreadControl):
            self._mute(wire, at_ms)
        else:
            self._heard(wire, at_ms)
        return asked

    def hear_back(self, found: Event, *, now_ms: int) -> list[Asked]:
        """Take in what was asked for; return what that asks for in its turn."""
        if found.input == NOT_A_COMMAND and self._event is not None:
            found = replace(self._event, is_no_command=True)
        return self._step(found, now_ms)

    def give_up(self, event: PendingEvent, *, now_ms: int) -> None:
        """Answer what could not be handled: silence would be worse. A STOP counts all the same."""
        body = event.body or b""
        told = None if is_own(body) else self._told(body, event.platform_at_ms)
        if told is None or told.is_standby:
            return
        if wants_stop(told, self.language):
            apply((Withdraw(),), self._person, Memory(), self.acts, self._rules.site, told.at)
        if self._person.muted_until_ms <= now_ms:
            self._say(apology(self._rules.site, self.language), event.platform_at_ms, now_ms)

    def _is_answered(self, told: Event | None, at_ms: int, now_ms: int) -> bool:
        """Count what the person did; who writes too often is told so once a minute."""
        pace, verdict = self._state.pace.after(told, self.language, at_ms)
        self._state = replace(self._state, pace=pace)
        if verdict == "slow down" and self._person.muted_until_ms <= now_ms:
            self._say(slow_down(self._rules.site, self.language), at_ms, now_ms)
        return verdict == "answer"

    def _say(self, reply: Reply, at_ms: int, now_ms: int) -> None:
        until_ms = self._window_after(at_ms)
        self.messages.append(answer(self._person, reply, due_at_ms=now_ms, expires_at_ms=until_ms))

    def _told(self, body: bytes, at_ms: int) -> Event | None:
        try:
            wire = decode(body)
        except msgspec.MsgspecError:
            return Event(Showed("other"), at=to_time(at_ms))
        return to_event(wire, at_ms=at_ms, app_id=self._rules.app_id)

    def _take_own(self, body: bytes, at_ms: int, now_ms: int) -> list[Asked]:
        """Let a place time out, or go on with what was found; neither opens the window."""
        due_at_ms = due_in(body)
        if due_at_ms is not None:
            return self._time_out(due_at_ms, at_ms, now_ms)
        found = found_in(body)
        if found is None or self.acts.has_stopped:  # nothing after a STOP that was not asked for
            return []
        return self._step(Event(found, at=to_time(at_ms)), now_ms)

    def _time_out(self, due_at_ms: int, at_ms: int, now_ms: int) -> list[Asked]:
        """Let a place time out, unless the person has gone on to another one since."""
        position = self._state.position
        if position is None or due_at_ms != self._state.timer_due_at_ms:
            return []
        return self._step(Event(TimedOut(position.place), at=to_time(at_ms)), now_ms)

    def _step(self, event: Event | None, now_ms: int) -> list[Asked]:
        if event is None:
            return []
        outcome = step(self._rules.site, self._snapshot(now_ms), event, now=to_time(now_ms))
        if not self._opens_window and self._person.window_ends_at_ms <= now_ms:
            outcome = self._keep_back(outcome, now_ms)
        self.not_understood += is_not_understood(outcome)
        self._accept(outcome, event.at, now_ms)
        self.messages += speech(
            self._person,
            outcome,
            is_standby=self._is_standby,
            due_at_ms=now_ms,
            expires_at_ms=self._window_after(to_ms(event.at) if self._opens_window else 0),
        )
        return asked_in(outcome.effects)

    def _keep_back(self, outcome: Outcome, now_ms: int) -> Outcome:
        """Say nothing: the window is closed, so nothing counts as told or confirmed."""
        if not outcome.replies:
            return outcome
        self._person = replace(self._person, unreachable_since_ms=now_ms)
        effects = tuple(one for one in outcome.effects if not isinstance(one, UNSAID))
        return replace(outcome, replies=(), effects=effects)

    def _accept(self, outcome: Outcome, at: datetime, now_ms: int) -> None:
        self._person, memory = apply(
            outcome.effects, self._person, self._state.memory, self.acts, self._rules.site, at
        )
        self.untold.accept(outcome.effects)
        timer = outcome.timer
        due_at_ms = None if timer is None else now_ms + timer.after_s * 1000
        self._state = State(outcome.position, memory, due_at_ms, self._state.pace)
        self.resets_timer = True

    def _window_after(self, at_ms: int) -> int:
        """Return when the window ends, where the person acted at that time."""
        return max(self._person.window_ends_at_ms, at_ms + WINDOW_MS)

    def _mute(self, control: ThreadControl, at_ms: int) -> None:
        """Follow who holds the thread, by the time at which it changed hands."""
        until_ms = muted_until_ms(
            control, self._rules.app_id, before_ms=self._person.muted_until_ms, at_ms=at_ms
        )
        self._person = replace(self._person, muted_until_ms=until_ms)

    def _heard(self, wire: WireEvent, at_ms: int) -> None:
        """Note that the person acted: the window opens, and the time of keeping starts anew."""
        memory = self._state.memory
        heard_at = max(to_time(at_ms), memory.last_heard_at or to_time(0))
        self._state = replace(self._state, memory=replace(memory, last_heard_at=heard_at))
        self._has_acted = self._has_acted or not wire.is_standby
        due_ms = self._rules.retention.erase_due_at_ms(
            to_ms(heard_at),
            self.acts.statuses.values(),
            is_restricted=self._person.restricted_since_ms is not None,
        )
        self._person = replace(
            self._person,
            window_ends_at_ms=max(self._person.window_ends_at_ms, at_ms + WINDOW_MS),
            erase_due_at_ms=due_ms,
        )

    def _snapshot(self, now_ms: int) -> Person:
        seen = snapshot(
            self._person, self._state, self.acts.statuses, self._rules.site, now_ms=now_ms
        )
        # What was said in this batch has not left, and who can't be reached has not heard the last.
        is_unheard = self._has_unsent or bool(self.messages)
        missed = self._person.unreachable_since_ms is not None and not self._has_acted
        told = self.untold.onto(replace(seen, has_unheard=is_unheard or missed))
        waiting = self.untold.news.count_agreed(self.acts.statuses)
        return replace(told, waiting_news=waiting)
