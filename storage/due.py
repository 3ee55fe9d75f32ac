"""Who is due to be erased, and why: asked alike by the sweeper and by its dry run."""

from typing import Final, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.admin_tables import admins
from storage.db.tables import cases, consent_status, inbox, people

#: Why somebody is due: silent for long, gone after a withdrawal, or never agreed to anything.
Reason = Literal["inactive", "withdrawn", "stranger"]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
#: A request holds up the erasure of who made it until it is answered, but not for longer: an
#: answer that can reach nobody would otherwise keep them for ever.
REQUEST_HOLDS_MS: Final = 365 * 86_400_000


def is_due(now_ms: int) -> sa.ColumnElement[bool]:
    """Match people whose time is over, for whom nothing waits, and who are no admins."""
    has_event = sa.exists().where(
        inbox.c.person_id == people.c.person_id, inbox.c.parked_reason.is_(None)
    )
    has_request = sa.exists().where(
        cases.c.person_id == people.c.person_id,
        cases.c.status != "answered",
        cases.c.opened_at_ms > now_ms - REQUEST_HOLDS_MS,
    )
    is_admin = sa.exists().where(admins.c.person_id == people.c.person_id)
    is_over = people.c.erase_due_at_ms <= now_ms
    return is_over & ~has_event & ~has_request & ~is_admin


async def count_due(tx: AsyncConnection, *, now_ms: int) -> dict[Reason, int]:
    """Return how many people are due to be erased, by the reason."""
    mine = consent_status.c.person_id == people.c.person_id
    granted = consent_status.c.granted_at_ms
    ended = (consent_status.c.withdrawn_at_ms, consent_status.c.refused_at_ms)
    is_granted = sa.and_(granted.is_not(None), *(granted > sa.func.coalesce(at, 0) for at in ended))
    agrees = sa.exists().where(mine, is_granted)
    has_agreed = sa.exists().where(mine, granted.is_not(None))
    reason = sa.case(
        (people.c.restricted_since_ms.is_not(None) | agrees, "inactive"),
        (has_agreed, "withdrawn"),
        else_="stranger",
    ).label("reason")
    due = sa.select(reason).where(is_due(now_ms)).subquery()
    rows = await tx.execute(sa.select(due.c.reason, sa.func.count()).group_by(due.c.reason))
    found = {row[0]: row[1] for row in rows}
    return {name: found.get(name, 0) for name in REASONS}
