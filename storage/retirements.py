"""Pages whose bot ends: everybody of them is erased, and one line of the ledger says so.

    ordered ─▶ begun ─▶ people, some at a time ─▶ nobody left ─▶ gone at Messenger ─▶ done
    (due later,
     where Messenger's word began it)

Each arrow is a transaction of its own and may be repeated; the erasures themselves are those of
`erasure.py`. The row stays: a Page that has one is served no more until it is opened again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.admin_tables import admins
from storage.db.broadcast_tables import broadcasts
from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.erasure_tables import erasing
from storage.db.hold_tables import page_holds
from storage.db.retirement_tables import retirements
from storage.db.tables import cases, erasures, page_states, people
from storage.ledger.ledger import Ledger, ReceiptLine
from storage.receipts import hash_of, new_number
from storage.records import PersonId

#: Who ordered it: somebody at the server, or Messenger, where the Page was disconnected.
OrderedBy = Literal["operator", "Messenger"]
#: Whether Messenger could be told; "refused" where the Page's token counts no more.
AtMessenger = Literal["removed", "refused"]
_FORMAT: Final = "chatmagico/page-retired/1"


@dataclass(frozen=True, slots=True)
class Retirement:
    """How far the end of one Page's bot is."""

    page_id: str
    ordered_by: OrderedBy
    #: Its receipt's number, under which the line of the ledger is found.
    number: str
    ordered_at_ms: int
    due_at_ms: int
    begun_at_ms: int | None
    people: int
    told: int
    requests: int
    at_messenger: AtMessenger | None
    done_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the end of a Page's bot would mean."""

    people: int
    #: Of those, whose 24 hours are open.
    open_chats: int
    #: Requests that wait for an answer.
    requests: int
    admins: int


class Retirements:
    """Orders the end of a Page's bot, and keeps how far it is."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._add = insert_new(database, retirements).returning(retirements.c.page_id)
        self._ledger = ledger

    async def order(
        self, tx: AsyncConnection, page_id: str, *, by: OrderedBy, now_ms: int, due_at_ms: int
    ) -> bool:
        """Order the end of a Page's bot; one that is ordered for later is brought forward.

        Returns:
            False where that changes nothing.
        """
        row = {
            "page_id": page_id,
            "ordered_by": by,
            "number": new_number(),
            "ordered_at_ms": now_ms,
            "due_at_ms": due_at_ms,
        }
        if (await tx.execute(self._add, [row])).first() is not None:
            return True
        is_later = (retirements.c.due_at_ms > due_at_ms) & retirements.c.begun_at_ms.is_(None)
        sooner = {"ordered_by": by, "ordered_at_ms": now_ms, "due_at_ms": due_at_ms}
        return await _set(tx, page_id, is_later, **sooner)

    async def list_all(self, tx: AsyncConnection) -> list[Retirement]:
        """Return every Page whose bot ends or has ended."""
        rows = await tx.execute(retirements.select().order_by(retirements.c.page_id))
        return [_retirement(row) for row in rows]

    async def begin(self, tx: AsyncConnection, page_id: str, *, now_ms: int) -> bool:
        """Begin what only goes forward: from now on nobody new is known on that Page.

        Its broadcasts end, too. Returns False where another node began it.
        """
        is_new = retirements.c.begun_at_ms.is_(None)
        if not await _set(tx, page_id, is_new, begun_at_ms=now_ms):
            return False
        on = (broadcasts.c.page_id == page_id) & broadcasts.c.state.in_(
            ("draft", "scheduled", "paused")
        )
        await tx.execute(broadcasts.update().where(on).values(state="cancelled", next_at_ms=None))
        return True

    async def list_people(self, tx: AsyncConnection, page_id: str, *, limit: int) -> list[PersonId]:
        """Return, and lock, people of a Page whose erasure is not ordered yet."""
        is_ordered = sa.exists().where(erasures.c.person_id == people.c.person_id)
        is_begun = sa.exists().where(erasing.c.person_id == people.c.person_id)
        some = (
            sa.select(people.c.person_id)
            .where(people.c.page_id == page_id, ~is_ordered, ~is_begun)
            .limit(limit)
            .with_for_update(of=people, skip_locked=True)
        )
        return [PersonId(person) for person in (await tx.execute(some)).scalars()]

    async def count_left(self, tx: AsyncConnection, page_id: str) -> int:
        """Count the people of a Page of whom anything is left."""
        theirs = sa.select(sa.func.count()).where(people.c.page_id == page_id)
        return int((await tx.execute(theirs)).scalar_one())

    async def foresee(self, tx: AsyncConnection, page_id: str, *, now_ms: int) -> Foreseen:
        """Count what the end of a Page's bot would mean, for whoever is about to order it."""
        mine = people.c.page_id == page_id
        theirs = sa.select(people.c.person_id).where(mine)
        waits = cases.c.person_id.in_(theirs) & (cases.c.status != "answered")
        counted = (
            (people, mine),
            (people, mine & (people.c.window_ends_at_ms > now_ms)),
            (cases, waits),
            (admins, admins.c.person_id.in_(theirs)),
        )
        counts = [
            int(
                (
                    await tx.execute(sa.select(sa.func.count()).select_from(of).where(which))
                ).scalar_one()
            )
            for of, which in counted
        ]
        return Foreseen(*counts)

    async def count_requests(self, tx: AsyncConnection, who: Sequence[PersonId]) -> int:
        """Count the requests of these people that wait for an answer."""
        theirs = cases.c.person_id.in_(who) & (cases.c.status != "answered")
        return int((await tx.execute(sa.select(sa.func.count()).where(theirs))).scalar_one())

    async def note_erased(
        self, tx: AsyncConnection, page_id: str, *, people: int, told: int, requests: int
    ) -> None:
        """Count people whose erasure is ordered in this transaction."""
        at = retirements.c
        await _set(
            tx,
            page_id,
            people=at.people + people,
            told=at.told + told,
            requests=at.requests + requests,
        )

    async def note_at_messenger(
        self, tx: AsyncConnection, page_id: str, outcome: AtMessenger
    ) -> None:
        """Note whether Messenger posts and shows nothing of the Page any more."""
        await _set(tx, page_id, at_messenger=outcome)

    async def finish(self, tx: AsyncConnection, page_id: str, *, now_ms: int) -> bool:
        """Delete what is kept of the Page itself and write the ledger's line; once."""
        is_open = retirements.c.done_at_ms.is_(None)
        if not await _set(tx, page_id, is_open, done_at_ms=now_ms):
            return False
        for table in (page_states, page_holds):
            await tx.execute(table.delete().where(table.c.page_id == page_id))
        mine = retirements.select().where(retirements.c.page_id == page_id)
        line = _line(_retirement((await tx.execute(mine)).one()))
        self._ledger.note(tx, [line], now_ms=now_ms)
        return True

    async def cancel(self, tx: AsyncConnection, page_id: str) -> bool:
        """Let a Page be served again: one whose end has not begun, or is over."""
        is_at_rest = retirements.c.begun_at_ms.is_(None) | retirements.c.done_at_ms.is_not(None)
        mine = (retirements.c.page_id == page_id) & is_at_rest
        return bool((await tx.execute(retirements.delete().where(mine))).rowcount)


async def _set(
    tx: AsyncConnection, page_id: str, *where: sa.ColumnElement[bool], **values: Any
) -> bool:
    mine = retirements.update().where(retirements.c.page_id == page_id, *where)
    return bool((await tx.execute(mine.values(values))).rowcount)


def _retirement(row: Any) -> Retirement:
    return Retirement(**row._mapping)  # noqa: SLF001 - its public name


def _line(one: Retirement) -> ReceiptLine:
    receipt_hash = hash_of(one.number)
    content = {
        "format": _FORMAT,
        "receipt_hash": receipt_hash.hex(),
        "page_id": one.page_id,
        "ordered_by": one.ordered_by,
        "ordered_at_ms": one.ordered_at_ms,
        "begun_at_ms": one.begun_at_ms,
        "done_at_ms": one.done_at_ms,
        "people_erased": one.people,
        "keys_destroyed": one.people,
        "people_told": one.told,
        "requests_ended": one.requests,
        "at_messenger": one.at_messenger,
    }
    return ReceiptLine("page-retired", receipt_hash, content)
