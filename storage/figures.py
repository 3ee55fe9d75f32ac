"""How much there is of everything, without people; counted in portions, so that nobody waits.

Each portion is a short transaction of its own that only reads: a long one would keep deleted bytes
in the log. So the figures are of some seconds, not of one moment.
"""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from storage.db.count_tables import unknown_texts
from storage.db.tables import cases, consent_status, deliveries, people, receipts, seen_events
from storage.due import count_due
from storage.inbox import day_of
from storage.store import Store
from storage.unknown_texts import KEPT_DAYS

_DAY_MS: Final = 86_400_000
_WEEK_DAYS: Final = 7
#: So many people at once.
PORTION: Final = 1_000
#: Counting a week goes no further.
MOST_COUNTED: Final = 1_000_000


@dataclass(slots=True)
class Figures:
    """The figures of one count."""

    at_ms: int
    people: int = 0
    #: Took back what they had agreed to, and agree to nothing.
    stopped: int = 0
    restricted: int = 0
    due: int = 0
    #: Who agrees now, by purpose.
    consented: Counter[str] = field(default_factory=Counter)
    #: Of the last seven days.
    events: int = 0
    unknown: int = 0
    delivered: int = 0
    cases: int = 0
    cases_open: int = 0
    erased: int = 0


async def count(store: Store, *, now_ms: int, portion: int = PORTION) -> Figures:
    """Count everything."""
    found = Figures(now_ms)
    async for between in _portions(store, portion):
        async with store.read() as tx:
            row = (await tx.execute(_people(between))).one()
            granted = [(row[0], row[1]) for row in await tx.execute(_granted(between))]
        found.people += row[0]
        found.restricted += row[1] or 0
        found.stopped += row[2] or 0
        found.consented.update(dict(granted))
    async with store.read() as tx:
        found.due = sum((await count_due(tx, now_ms=now_ms)).values())
    week_ms = now_ms - _WEEK_DAYS * _DAY_MS
    is_week = {
        "events": (seen_events, seen_events.c.day > day_of(now_ms) - _WEEK_DAYS),
        "delivered": (deliveries, deliveries.c.at_ms > week_ms),
        "cases": (cases, cases.c.opened_at_ms > week_ms),
        "cases_open": (cases, cases.c.status != "answered"),
        "erased": (receipts, (receipts.c.kind == "erasure") & (receipts.c.done_at_ms > week_ms)),
    }
    days = unknown_texts.c.day > day_of(now_ms) - KEPT_DAYS
    async with store.read() as tx:
        total = sa.select(sa.func.sum(unknown_texts.c.count)).where(days)
        found.unknown = int((await tx.execute(total)).scalar_one() or 0)
    for name, (table, condition) in is_week.items():
        async with store.read() as tx:
            setattr(found, name, (await tx.execute(_some(table, condition))).scalar_one())
    return found


async def _portions(store: Store, size: int) -> AsyncIterator[sa.ColumnElement[bool]]:
    """Cut all people into portions, by their random ids."""
    after, mine = b"", people.c.person_id
    while True:
        query = sa.select(mine).where(mine > after).order_by(mine).offset(size - 1).limit(1)
        async with store.read() as tx:
            last: bytes | None = (await tx.execute(query)).scalar()
        if last is None:
            yield mine > after
            return
        yield (mine > after) & (mine <= last)
        after = last


def _people(between: sa.ColumnElement[bool]) -> sa.Select[int, Any, Any]:
    theirs = consent_status.c.person_id == people.c.person_id
    took_back = sa.exists().where(theirs, consent_status.c.withdrawn_at_ms.is_not(None))
    agrees = sa.exists().where(theirs, _is_granted())
    restricted = sa.case((people.c.restricted_since_ms.is_not(None), 1), else_=0)
    stopped = sa.case((took_back & ~agrees, 1), else_=0)
    return sa.select(sa.func.count(), sa.func.sum(restricted), sa.func.sum(stopped)).where(between)


def _granted(between: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(consent_status.c.purpose_id, sa.func.count())
        .join(people, people.c.person_id == consent_status.c.person_id)
        .where(between, _is_granted())
        .group_by(consent_status.c.purpose_id)
    )


def _is_granted() -> sa.ColumnElement[bool]:
    granted = consent_status.c.granted_at_ms
    ended = (consent_status.c.withdrawn_at_ms, consent_status.c.refused_at_ms)
    return sa.and_(granted.is_not(None), *(granted > sa.func.coalesce(at, 0) for at in ended))


def _some(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    (key,) = table.primary_key.columns
    some = sa.select(key).where(condition).limit(MOST_COUNTED).subquery()
    return sa.select(sa.func.count()).select_from(some)
