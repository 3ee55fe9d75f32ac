"""Which messages may be sent next: the one query that order, pauses and windows depend on."""

from typing import Any

import sqlalchemy as sa

from storage.db.broadcast_tables import broadcasts, runs
from storage.db.tables import consent_status, deliveries, outbox, page_states, people
from storage.records import ASKED, BROADCASTS


def claimable() -> sa.Select[Any]:
    """Select each person's first due answer or notice, where nothing of theirs has begun."""
    return _first_of_each().add_columns(sa.null().label("bar")).where(outbox.c.kind.in_(ASKED))


def claimable_broadcasts() -> sa.Select[Any]:
    """Select each person's first due part of a broadcast that goes on, and why it may not leave."""
    rests = (
        sa.exists()
        .where(deliveries.c.delivery_id == outbox.c.delivery_id)
        .where(runs.c.run_id == deliveries.c.run_id, broadcasts.c.number == runs.c.number)
        .where(broadcasts.c.state == "paused")
    )
    return (
        _first_of_each()
        .add_columns(_bar().label("bar"))
        .where(outbox.c.kind.in_(BROADCASTS), ~rests)
    )


def _first_of_each() -> sa.Select[Any]:
    now_ms: sa.BindParameter[int] = sa.bindparam("now_ms")
    other = outbox.alias("other")
    waits_behind = (
        sa.exists()
        .where(other.c.person_id == outbox.c.person_id)
        .where(
            (other.c.state == "begun")
            | (
                (other.c.state == "pending")
                & (other.c.kind == outbox.c.kind)
                & (other.c.seq < outbox.c.seq)
            )
        )
    )
    page_rests = (
        sa.exists()
        .where(page_states.c.page_id == outbox.c.page_id, page_states.c.paused_reason.is_not(None))
        .where(page_states.c.paused_until_ms.is_(None) | (page_states.c.paused_until_ms > now_ms))
    )
    return (
        sa.select(outbox, people.c.psid, people.c.window_ends_at_ms)
        .join(people, people.c.person_id == outbox.c.person_id)
        .where(outbox.c.state == "pending", outbox.c.due_at_ms <= now_ms)
        .where(outbox.c.page_id.in_(sa.bindparam("pages", expanding=True)))
        .where(~waits_behind, ~page_rests)
        .order_by(outbox.c.due_at_ms, outbox.c.seq)
        .limit(sa.bindparam("limit"))
        .with_for_update(of=outbox, skip_locked=True)
    )


def _bar() -> sa.ColumnElement[str | None]:
    """Tell, at the last moment, why what was not asked for may not be sent."""
    ended = (consent_status.c.withdrawn_at_ms, consent_status.c.refused_at_ms)
    agrees = (
        sa.exists()
        .where(consent_status.c.person_id == outbox.c.person_id)
        .where(consent_status.c.purpose_id == outbox.c.purpose_id)
        .where(*(consent_status.c.granted_at_ms > sa.func.coalesce(end, 0) for end in ended))
    )
    return sa.case(
        (~agrees, sa.literal("opted out")),
        (people.c.restricted_since_ms.is_not(None), sa.literal("restricted")),
        (people.c.muted_until_ms > sa.bindparam("now_ms"), sa.literal("held by a human")),
        else_=sa.null(),
    )
