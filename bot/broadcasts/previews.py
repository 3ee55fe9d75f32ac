"""Lane previews for the chat: few people are counted at once, many beside it.

    asked for --few--> counted in the turn
              `--many--> noted --count_asked--> kept for a while, and the chat goes on with it

What is noted here is in memory only: whoever hears nothing asks again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.broadcasts.acts import Acts
from bot.broadcasts.preview import Preview
from bot.broadcasts.schedule import Schedule
from bot.clock import Clock, clock_time
from bot.turns.own_events import found
from storage import PersonId, Transaction
from storage.broadcasts.records import Broadcast, NewBroadcast

#: Counting so many takes some 30 ms, in which nothing else is written.
_AT_ONCE: Final = 10_000
_GOOD_FOR_MS: Final = 10 * 60_000


@dataclass(frozen=True, slots=True)
class _Asked:
    what: NewBroadcast
    schedule: Schedule
    by: PersonId


@dataclass(frozen=True, slots=True)
class _Counted:
    what: NewBroadcast
    preview: Preview
    at_ms: int


class Previews:
    """Has whom drafts would reach."""

    def __init__(
        self, acts: Acts, clock: Clock, wake: Callable[[], None], *, at_once: int = _AT_ONCE
    ) -> None:
        self._acts = acts
        self._clock = clock
        self._wake = wake
        self._at_once = at_once
        self._asked: dict[int, _Asked] = {}
        self._counted: dict[int, _Counted] = {}

    async def look(
        self, tx: Transaction, draft: Broadcast, schedule: Schedule, by: PersonId
    ) -> Preview | None:
        """Return whom a draft would reach; None where the answer comes later: they are many."""
        now_ms, what = self._clock.now_ms(), draft.what
        if not await self._acts.store.audience.is_above(tx, what.purpose_id, self._at_once):
            return await self._acts.preview(tx, draft, schedule, now_ms=now_ms)
        kept = self._counted.get(draft.number)
        if kept and kept.what == what and now_ms < kept.at_ms + _GOOD_FOR_MS:
            return kept.preview
        self._asked[draft.number] = _Asked(what, schedule, by)
        return None

    async def count_asked(self) -> None:
        """Count what was asked for; the chat goes on with each."""
        while self._asked:
            # Taken out first: one that cannot be counted, as it is gone, holds up no other.
            number, asked = self._asked.popitem()
            store, now_ms = self._acts.store, self._clock.now_ms()
            async with store.read() as tx:
                draft = await self._acts.get(tx, number)
                seen = await self._acts.preview(tx, draft, asked.schedule, now_ms=now_ms)
            self._counted = {
                one: kept
                for one, kept in self._counted.items()
                if now_ms < kept.at_ms + _GOOD_FOR_MS
            }
            self._counted[number] = _Counted(asked.what, seen, now_ms)
            facts = asks_for_number(number, seen)
            async with store.write(is_quick=True) as tx:
                event = found(asked.by, "/broadcast send", facts, now_ms=now_ms)
                await store.inbox.add(tx, [event])
            self._wake()


def asks_for_number(number: int, seen: Preview) -> dict[str, str]:
    """Return what the chat needs to have the number of people typed."""
    return {
        "field": "count",
        "line": f"/broadcast send {number}",
        "said": lanes_told(seen),
        "count": str(seen.reached),
    }


def lanes_told(seen: Preview) -> str:
    """Say how many get it which way, who does not and why, and until when."""
    ways = {"window": "now", "next_contact": "when they next write", "email": "by e-mail"}
    counts = [f"{seen.lanes[lane]} {way}" for lane, way in ways.items() if seen.lanes.get(lane)]
    counts += [f"{count} {why}" for why, count in sorted(seen.never.items())]
    told = " · ".join(counts) or "nobody"
    if seen.lanes.get("window"):
        told += f"; done at {clock_time(seen.ends_at_ms)}"
    if seen.closing_before:
        told += f", {seen.closing_before} windows close before"
    return f"{told}."
