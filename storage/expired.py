"""What is kept for a while only, and is over: links, codes, deliveries, mails, proof, counts."""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.alerts import KEPT_MS as ALERT_KEPT_MS
from storage.breaches import CLOSED
from storage.broadcasts.counts import fold
from storage.broadcasts.frequency import KEPT_MS
from storage.db.admin_tables import (
    admin_invites,
    admin_sessions,
    admin_sign_ins,
    admin_tries,
    pending_acts,
)
from storage.db.alert_tables import alert_tellings, alerts
from storage.db.breach_tables import breach_lines, breach_notices, breach_tellings
from storage.db.broadcast_tables import frequency
from storage.db.count_tables import unknown_texts
from storage.db.ledger_tables import evidence
from storage.db.tables import codes, deliveries, links, mails
from storage.inbox import day_of
from storage.unknown_texts import KEPT_DAYS as UNKNOWN_KEPT_DAYS

#: A link that is over stays for a day, so that exports can be counted and a page can say why.
LINK_AFTERLIFE_MS: Final = 86_400_000
_WITH_EXPIRY: Final = (admin_invites, admin_sign_ins, admin_tries, pending_acts)


async def count_expired(
    tx: AsyncConnection, *, now_ms: int, deliveries_before_ms: int
) -> dict[str, int]:
    """Return how many rows of each table are over."""
    found = {}
    for table, is_over in _over(now_ms, deliveries_before_ms).items():
        query = sa.select(sa.func.count()).select_from(table).where(is_over)
        found[table.name] = int((await tx.execute(query)).scalar_one())
    return found


async def delete_expired(
    tx: AsyncConnection, *, now_ms: int, deliveries_before_ms: int, limit: int
) -> dict[str, int]:
    """Delete what is over, so many rows of each table at most; return how many they were."""
    gone = {}
    for table, is_over in _over(now_ms, deliveries_before_ms).items():
        key = sa.tuple_(*table.primary_key.columns)
        some = sa.select(*table.primary_key.columns).where(is_over).limit(limit)
        if table is deliveries:
            # Counted in the transaction that deletes them, so that a report always adds up.
            found = list((await tx.execute(some)).scalars())
            those = deliveries.c.delivery_id.in_(found)
            await fold(tx, those)
        else:
            those = key.in_(some)
        gone[table.name] = (await tx.execute(table.delete().where(those))).rowcount
    return gone


def _over(now_ms: int, deliveries_before_ms: int) -> Mapping[sa.Table, sa.ColumnElement[bool]]:
    is_settled = alerts.c.settled_at_ms <= now_ms - ALERT_KEPT_MS
    return {
        links: links.c.expires_at_ms <= now_ms - LINK_AFTERLIFE_MS,
        codes: codes.c.expires_at_ms <= now_ms,
        deliveries: deliveries.c.at_ms <= deliveries_before_ms,
        # One that is just being sent is settled by whoever sends it.
        mails: (mails.c.expires_at_ms <= now_ms)
        & (mails.c.claimed_until_ms <= now_ms)
        & mails.c.delivery_id.is_(None),  # those of broadcasts are counted as they go
        **{table: table.c.expires_at_ms <= now_ms for table in _WITH_EXPIRY},
        admin_sessions: admin_sessions.c.ends_at_ms <= now_ms,
        evidence: evidence.c.due_at_ms <= now_ms,
        frequency: frequency.c.at_ms <= now_ms - KEPT_MS,
        unknown_texts: unknown_texts.c.day <= day_of(now_ms) - UNKNOWN_KEPT_DAYS,
        breach_notices: breach_notices.c.telling_id.in_(_of_breaches_closed(deliveries_before_ms)),
        alert_tellings: alert_tellings.c.alert_id.in_(
            sa.select(alerts.c.alert_id).where(is_settled)
        ),
        alerts: is_settled & ~sa.exists().where(alert_tellings.c.alert_id == alerts.c.alert_id),
    }


def _of_breaches_closed(before_ms: int) -> sa.Select[tuple[bytes]]:
    """Select rounds of telling whose breach was closed; their numbers stand in the register."""
    return (
        sa.select(breach_tellings.c.telling_id)
        .join(breach_lines, breach_lines.c.breach_id == breach_tellings.c.breach_id)
        .where(breach_lines.c.field == CLOSED, breach_lines.c.at_ms <= before_ms)
    )
