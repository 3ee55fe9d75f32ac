"""Who is told of a breach, and what became of each notice.

    queued --it arrived--> sent
      |--it surely did not--> undelivered --another lane--> queued, or waiting
      `--nobody knows--> failed
    waiting --they write--> queued                       unreachable: no lane there is

A row is committed together with its message, so no kill skips or repeats anybody.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.breach_audience import audience
from storage.db.breach_tables import breach_notices as notices
from storage.db.breach_tables import breach_tellings as tellings
from storage.db.tables import mails, outbox, people
from storage.receipts import new_number
from storage.records import PersonId
from storage.vault.sealing import Cell, open_sealed, seal

State = Literal["queued", "sent", "waiting", "undelivered", "failed", "unreachable"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is told, and to whom."""

    #: What people read, by language.
    texts: dict[str, str] = field(repr=False)
    pages: tuple[str, ...]
    #: Only those of whom something of these kinds is held; empty means everybody.
    categories: tuple[str, ...] = ()
    #: In which of the languages those read it whose language it does not have.
    default_language: str = "en"

    def to_bytes(self) -> bytes:
        """Return it as it is sealed, and as two admins agree to it."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    def text_in(self, language: str) -> str:
        """Return what somebody who is spoken to in a language reads."""
        return self.texts.get(language) or self.texts[self.default_language]


@dataclass(frozen=True, slots=True)
class Telling:
    """One round of telling people of a breach."""

    telling_id: bytes
    plan: Plan
    begun_at_ms: int


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is told, and by which lane."""

    notice_id: bytes
    telling_id: bytes
    person_id: PersonId
    lane: str


@dataclass(frozen=True, slots=True)
class Unreached:
    """Somebody who was not told yet, by a number that says nothing of them."""

    number: str
    state: State
    reason: str


class BreachNotices:
    """Keeps who is told of a breach, and how that went.

    Args:
        key: Seals what is told; it is no person's.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    async def begin(
        self, tx: AsyncConnection, breach_id: bytes, plan: Plan, *, now_ms: int
    ) -> Telling:
        """Begin to tell people; who they are is chosen in portions."""
        made = Telling(secrets.token_bytes(16), plan, now_ms)
        row = {
            "telling_id": made.telling_id,
            "breach_id": breach_id,
            "plan": seal(self._key, plan.to_bytes(), _cell(made.telling_id)),
            "begun_at_ms": now_ms,
        }
        await tx.execute(tellings.insert(), [row])
        return made

    async def is_work(self, tx: AsyncConnection) -> bool:
        """Tell whether somebody is still to be chosen, or to be told by another lane."""
        undelivered = sa.select(notices.c.notice_id).where(notices.c.outcome == "undelivered")
        unchosen = sa.select(tellings.c.telling_id).where(tellings.c.all_chosen_at_ms.is_(None))
        lost = sa.select(notices.c.notice_id).where(_is_lost())
        work = sa.union_all(undelivered, unchosen, lost).limit(1)
        return (await tx.execute(work)).first() is not None

    async def next_unchosen(self, tx: AsyncConnection) -> Telling | None:
        """Return the round for which people are still to be chosen, the oldest first."""
        open_ones = tellings.select().where(tellings.c.all_chosen_at_ms.is_(None))
        oldest = open_ones.order_by(tellings.c.begun_at_ms).limit(1)
        row = (await tx.execute(oldest.with_for_update())).first()
        return self._telling(row) if row else None

    async def choose(self, tx: AsyncConnection, telling: Telling, *, limit: int) -> list[PersonId]:
        """Return people who are to be told and have no notice yet; whoever came later is not."""
        has_one = sa.exists().where(
            notices.c.telling_id == telling.telling_id, notices.c.person_id == people.c.person_id
        )
        everybody = audience(telling.plan.pages, telling.plan.categories, telling.begun_at_ms)
        chosen = sa.select(people.c.person_id).where(everybody, ~has_one).limit(limit)
        return [PersonId(person) for person in (await tx.execute(chosen)).scalars()]

    async def count_audience(self, tx: AsyncConnection, plan: Plan, *, now_ms: int) -> int:
        """Return how many people would be told."""
        everybody = audience(plan.pages, plan.categories, now_ms)
        query = sa.select(sa.func.count()).select_from(people).where(everybody)
        return int((await tx.execute(query)).scalar_one())

    async def end_choosing(self, tx: AsyncConnection, telling: Telling, *, now_ms: int) -> None:
        """Note that everybody has a notice."""
        mine = tellings.c.telling_id == telling.telling_id
        await tx.execute(tellings.update().where(mine).values(all_chosen_at_ms=now_ms))

    async def add(
        self,
        tx: AsyncConnection,
        new: Sequence[tuple[Notice, State, str]],
        *,
        now_ms: int,
    ) -> None:
        """Note notices of one round, each with its state and the reason for its lane."""
        if not new:
            return
        rows = [
            {
                "notice_id": one.notice_id,
                "telling_id": one.telling_id,
                "person_id": one.person_id,
                "number": new_number()[:9],
                "lane": one.lane,
                "outcome": state,
                "reason": reason,
                "at_ms": now_ms,
            }
            for one, state, reason in new
        ]
        await tx.execute(notices.insert(), rows)
        mine = tellings.c.telling_id == new[0][0].telling_id
        counted = tellings.update().where(mine).values(people=tellings.c.people + len(rows))
        await tx.execute(counted)

    async def list_undelivered(self, tx: AsyncConnection, *, limit: int) -> list[Notice]:
        """Return notices that surely did not arrive, for another lane."""
        query = notices.select().where(notices.c.outcome == "undelivered").limit(limit)
        return [_notice(row) for row in await tx.execute(query.with_for_update(skip_locked=True))]

    async def waiting_of(self, tx: AsyncConnection, who: Sequence[PersonId]) -> list[Notice]:
        """Return the notices that wait until these people write, the oldest first."""
        mine = notices.c.person_id.in_(who) & (notices.c.outcome == "waiting")
        return [
            _notice(row)
            for row in await tx.execute(notices.select().where(mine).order_by(notices.c.at_ms))
        ]

    async def tellings_of(
        self, tx: AsyncConnection, some: Sequence[Notice]
    ) -> dict[bytes, Telling]:
        """Return the rounds that these notices belong to, by id."""
        ids = {one.telling_id for one in some}
        query = tellings.select().where(tellings.c.telling_id.in_(ids))
        return {row.telling_id: self._telling(row) for row in await tx.execute(query)}

    async def move(
        self,
        tx: AsyncConnection,
        notice_id: bytes,
        *,
        lane: str,
        state: State,
        reason: str,
        now_ms: int,
    ) -> None:
        """Put a notice onto another lane."""
        new = {"lane": lane, "outcome": state, "reason": reason, "at_ms": now_ms}
        await tx.execute(notices.update().where(notices.c.notice_id == notice_id).values(new))

    async def mark_sent(self, tx: AsyncConnection, ids: Sequence[bytes], *, now_ms: int) -> None:
        """Note that these have arrived."""
        if ids:
            mine = notices.c.notice_id.in_(ids)
            await tx.execute(notices.update().where(mine).values(outcome="sent", at_ms=now_ms))

    async def mark_undelivered(
        self, tx: AsyncConnection, ids: Sequence[bytes], *, now_ms: int
    ) -> None:
        """Note that these surely did not arrive, so that another lane is looked for."""
        if ids:
            mine = notices.c.notice_id.in_(ids) & (notices.c.outcome == "queued")
            gone = notices.update().where(mine).values(outcome="undelivered", at_ms=now_ms)
            await tx.execute(gone)

    async def hold_back(self, tx: AsyncConnection, who: Sequence[PersonId], *, now_ms: int) -> None:
        """Take back from the chat what has not begun to leave: they said STOP, or RESTRICT."""
        if not who:
            return
        waiting = outbox.c.person_id.in_(who) & (outbox.c.state == "pending")
        taken = outbox.delete().where(waiting, outbox.c.notice_id.is_not(None))
        ids = (await tx.execute(taken.returning(outbox.c.notice_id))).scalars().all()
        await self.mark_undelivered(tx, ids, now_ms=now_ms)

    async def give_up_lost(self, tx: AsyncConnection, *, now_ms: int) -> None:
        """Note as failed what left nobody knows where to: it was resent once, and no echo came."""
        await tx.execute(notices.update().where(_is_lost()).values(outcome="failed", at_ms=now_ms))

    async def count(self, tx: AsyncConnection, breach_id: bytes) -> dict[str, int]:
        """Return how many notices of a breach are in which state; who was erased is `gone`."""
        its = sa.select(tellings.c.telling_id).where(tellings.c.breach_id == breach_id)
        query = sa.select(notices.c.outcome, sa.func.count()).where(notices.c.telling_id.in_(its))
        found = {state: int(n) for state, n in await tx.execute(query.group_by(notices.c.outcome))}
        told = sa.select(sa.func.coalesce(sa.func.sum(tellings.c.people), 0))
        total = (await tx.execute(told.where(tellings.c.breach_id == breach_id))).scalar_one()
        gone = int(total) - sum(found.values())
        return found | ({"gone": gone} if gone else {})

    async def list_unreached(
        self, tx: AsyncConnection, breach_id: bytes, *, limit: int
    ) -> list[Unreached]:
        """Return who was not told yet, without a word of who they are."""
        its = sa.select(tellings.c.telling_id).where(tellings.c.breach_id == breach_id)
        theirs = notices.c.telling_id.in_(its) & (notices.c.outcome != "sent")
        query = notices.select().where(theirs).order_by(notices.c.number).limit(limit)
        return [Unreached(row.number, row.outcome, row.reason) for row in await tx.execute(query)]

    def _telling(self, row: Any) -> Telling:
        kept = json.loads(open_sealed(self._key, row.plan, _cell(row.telling_id)))
        plan = Plan(
            kept["texts"],
            tuple(kept["pages"]),
            tuple(kept["categories"]),
            kept["default_language"],
        )
        return Telling(row.telling_id, plan, row.begun_at_ms)


def new_notice(telling: Telling, person: PersonId, lane: str) -> Notice:
    """Return a notice for one more person of a round."""
    return Notice(secrets.token_bytes(16), telling.telling_id, person, lane)


def _notice(row: Any) -> Notice:
    return Notice(row.notice_id, row.telling_id, PersonId(row.person_id), row.lane)


def _is_lost() -> sa.ColumnElement[bool]:
    """Match what is on its way, while no queue has it."""
    in_outbox = sa.exists().where(outbox.c.notice_id == notices.c.notice_id)
    in_mails = sa.exists().where(mails.c.notice_id == notices.c.notice_id)
    return (notices.c.outcome == "queued") & ~in_outbox & ~in_mails


def _cell(telling_id: bytes) -> Cell:
    return Cell("breach_tellings", "plan", telling_id, b"")
