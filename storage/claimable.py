"""Which messages may be sent next: the one query that order, pauses and windows depend on."""

from typing import Any

import sqlalchemy as sa

from storage.db.admin_tables import admins
from storage.db.hold_tables import page_holds
from storage.db.policy_tables import policy_purposes
from storage.db.tables import consent_status, outbox, page_states, people


def claimable() -> sa.Select[Any]:
    """Select each person's first due message of a kind, where nothing of theirs has begun."""
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
        sa.select(
            outbox, people.c.psid, people.c.window_ends_at_ms, _is_wanted().label("is_wanted")
        )
        .join(people, people.c.person_id == outbox.c.person_id)
        .where(outbox.c.state == "pending", outbox.c.due_at_ms <= now_ms)
        .where(outbox.c.page_id.in_(sa.bindparam("pages", expanding=True)))
        .where(~waits_behind, ~page_rests, ~_is_held(outbox))
        .order_by(outbox.c.due_at_ms, outbox.c.seq)
        .limit(sa.bindparam("limit"))
        .with_for_update(of=outbox, skip_locked=True)
    )


def is_unasked(message: sa.FromClause) -> sa.ColumnElement[bool]:
    """Match what nobody asked for: no answer, no word of a look, nothing for an admin."""
    for_admin = sa.exists().where(admins.c.person_id == message.c.person_id)
    has_reason = message.c.case_id.is_not(None) | message.c.access_id.is_not(None)
    return (message.c.kind != "answer") & ~has_reason & ~for_admin


def _is_held(message: sa.FromClause) -> sa.ColumnElement[bool]:
    """Match what an admin's /pause of its Page keeps back."""
    page = sa.exists().where(page_holds.c.page_id == message.c.page_id)
    return (message.c.kind != "answer") & page & is_unasked(message)


def _is_wanted() -> sa.ColumnElement[bool]:
    """Tell, at the last moment, whether what was not asked for may be sent at all."""
    ended = (
        consent_status.c.withdrawn_at_ms,
        consent_status.c.refused_at_ms,
        policy_purposes.c.asked_anew_at_ms,
    )
    agrees = (
        sa.exists()
        .where(consent_status.c.person_id == outbox.c.person_id)
        .where(consent_status.c.purpose_id == outbox.c.purpose_id)
        # A purpose that the notice in force does not name is nobody's, whatever was agreed to.
        .where(policy_purposes.c.purpose_id == outbox.c.purpose_id, policy_purposes.c.is_named)
        .where(*(consent_status.c.granted_at_ms > sa.func.coalesce(end, 0) for end in ended))
    )
    is_unrestricted = people.c.restricted_since_ms.is_(None)
    return sa.case((outbox.c.kind != "broadcast", sa.true()), else_=agrees & is_unrestricted)
