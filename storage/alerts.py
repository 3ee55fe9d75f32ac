"""What has a clock or is broken, so that the team is told; each stage of it to each admin once.

    raised --due--> stands --told--> (quiet) --settled--> gone after a while
                      `--next stage due--> stands again

    await store.alerts.raise_(tx, AlertKind.CASE, "K7QM-2TXA", now_ms=now_ms, stages=[
        Stage("20 days", due_at_ms), Stage("27 days", later_ms),
    ])

Raising what stands already changes its times only, so whoever watches may raise again and again.
No alert names a person: what it is about is the number of a request, a Page or a breach.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.alert_tables import STANDING, alert_tellings, alerts
from storage.db.dialects import insert_new, insert_or_update
from storage.db.engine import Database
from storage.records import PersonId

#: A settled alert is remembered for this long.
KEPT_MS: Final = 90 * 86_400_000


class AlertKind(StrEnum):
    """What an alert is of; its words stand in `bot/alerts/`."""

    CASE = "case"
    BREACH = "breach"
    TOKEN_REFUSED = "token refused"  # noqa: S105 - no token
    NOT_SUBSCRIBED = "not subscribed"
    TOKEN_ENDS = "token ends"  # noqa: S105 - no token
    SILENCE = "silence"
    PARKED = "parked"
    IN_DOUBT = "in doubt"
    MAIL = "mail"
    CLOCK = "clock"
    RETIRING = "retiring"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Stage:
    """One reminder: what it is called, and from when on it is told."""

    name: str
    due_at_ms: int


@dataclass(frozen=True, slots=True)
class Alert:
    """One stage of something that stands."""

    alert_id: bytes
    kind: str
    about: str
    stage: str
    raised_at_ms: int
    due_at_ms: int


class Alerts:
    """Raises and settles alerts, and notes whom each was told."""

    def __init__(self, database: Database) -> None:
        self._raise = insert_or_update(
            database, alerts, ("due_at_ms",), key=("kind", "about", "stage"), where=STANDING
        )
        self._tell = insert_new(database, alert_tellings).returning(alert_tellings.c.person_id)

    async def raise_(
        self,
        tx: AsyncConnection,
        kind: AlertKind,
        about: str = "",
        *,
        now_ms: int,
        stages: Sequence[Stage] = (),
    ) -> None:
        """Raise an alert with these reminders; without any, it is told at once."""
        rows = [
            {
                "alert_id": secrets.token_bytes(16),
                "kind": kind.value,
                "about": about,
                "stage": stage.name,
                "raised_at_ms": now_ms,
                "due_at_ms": stage.due_at_ms,
            }
            for stage in stages or (Stage("", now_ms),)
        ]
        await tx.execute(self._raise, rows)

    async def settle(
        self, tx: AsyncConnection, kind: AlertKind, about: str = "", *, now_ms: int
    ) -> int:
        """End an alert with all its stages; return how many stood."""
        this = (alerts.c.kind == kind.value) & (alerts.c.about == about)
        return await _settle(tx, this, now_ms)

    async def settle_others(
        self, tx: AsyncConnection, kind: AlertKind, standing: Collection[str], *, now_ms: int
    ) -> int:
        """End every alert of a kind that is not about one of these; return how many stood."""
        others = (alerts.c.kind == kind.value) & alerts.c.about.not_in(standing)
        return await _settle(tx, others, now_ms)

    async def list_due(self, tx: AsyncConnection, *, now_ms: int) -> list[Alert]:
        """Return what stands and is due, the newest stage of each, the oldest first."""
        query = alerts.select().where(STANDING, alerts.c.due_at_ms <= now_ms)
        newest = {
            (row.kind, row.about): _alert(row)
            for row in await tx.execute(query.order_by(alerts.c.due_at_ms, alerts.c.stage))
        }
        return sorted(newest.values(), key=lambda alert: alert.due_at_ms)

    async def list_told(
        self, tx: AsyncConnection, which: Collection[bytes]
    ) -> set[tuple[bytes, PersonId]]:
        """Return who was told which of these alerts."""
        query = sa.select(alert_tellings.c.alert_id, alert_tellings.c.person_id)
        rows = await tx.execute(query.where(alert_tellings.c.alert_id.in_(which)))
        return {(row.alert_id, PersonId(row.person_id)) for row in rows}

    async def note_told(
        self, tx: AsyncConnection, alert: Alert, person: PersonId, *, lane: str, now_ms: int
    ) -> bool:
        """Note that somebody is told now; return False where another node was first."""
        row = {
            "telling_id": secrets.token_bytes(16),
            "alert_id": alert.alert_id,
            "person_id": person,
            "lane": lane,
            "told_at_ms": now_ms,
        }
        return (await tx.execute(self._tell, [row])).first() is not None


async def _settle(tx: AsyncConnection, which: sa.ColumnElement[bool], now_ms: int) -> int:
    change = alerts.update().where(which, STANDING).values(settled_at_ms=now_ms)
    return (await tx.execute(change)).rowcount


def _alert(row: Any) -> Alert:
    return Alert(
        row.alert_id, row.kind, row.about, row.stage, row.raised_at_ms, row.due_at_ms
    )  # fmt: skip
