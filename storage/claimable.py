"""Which messages may be sent next: the one query that order, pauses and windows depend on."""

from typing import Any

import sqlalchemy as sa

from storage.broadcasts.audience import agrees
from storage.db.admin_tables import admins
from storage.db.broadcast_tables import broadcasts, runs
from storage.db.hold_tables import page_holds
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
        .where(broadcasts.c.state.in_(("paused", "cancelled")))
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
                # What is held lets others pass: an answer to a request never waits behind it.
                & ~_is_held(other)
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
        .where(~waits_behind, ~page_rests, ~_is_held(outbox))
        .order_by(outbox.c.due_at_ms, outbox.c.seq)
        .limit(sa.bindparam("limit"))
        .with_for_update(of=outbox, skip_locked=True)
    )


def is_unasked(message: sa.FromClause) -> sa.ColumnElement[bool]:
    """Match what nobody asked for: no answer, no word of a look, no notice for an admin."""
    is_admin = sa.exists().where(admins.c.person_id == message.c.person_id)
    for_admin = is_admin & message.c.kind.not_in(BROADCASTS)
    has_reason = message.c.case_id.is_not(None) | message.c.access_id.is_not(None)
    return (message.c.kind != "answer") & ~has_reason & ~for_admin


def _is_held(message: sa.FromClause) -> sa.ColumnElement[bool]:
    """Match what an admin's /pause of its Page keeps back."""
    page = sa.exists().where(page_holds.c.page_id == message.c.page_id)
    return (message.c.kind != "answer") & page & is_unasked(message)


def _bar() -> sa.ColumnElement[str | None]:
    """Tell, at the last moment, why what was not asked for may not be sent."""
    stands = (
        sa.exists()
        .where(consent_status.c.person_id == outbox.c.person_id)
        .where(consent_status.c.purpose_id == outbox.c.purpose_id, agrees())
    )
    return sa.case(
        (~stands, sa.literal("opted out")),
        (people.c.restricted_since_ms.is_not(None), sa.literal("restricted")),
        (people.c.muted_until_ms > sa.bindparam("now_ms"), sa.literal("held by a human")),
        else_=sa.null(),
    )
