"""Whom a broadcast is about: everybody on its Page who ever agreed to its purpose."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcasts.records import Candidate, Group
from storage.db.erasure_tables import erasing
from storage.db.policy_tables import policy_purposes
from storage.db.tables import consent_status, details, erasures, people
from storage.keyring import Keyring
from storage.records import PersonId
from storage.vault.sealing import Cell, SealedBytes, open_sealed

_STATUS = consent_status
_MINUTE_MS, _DAY_MS = 60_000, 86_400_000


class Audience:
    """Reads an audience in portions; only so many people are in memory at a time."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def portion(
        self,
        tx: AsyncConnection,
        *,
        page_id: str,
        purpose_id: str,
        after: bytes,
        limit: int,
    ) -> list[Candidate]:
        """Return the next people in the order of their ids; none behind the last."""
        query = _query(page_id, purpose_id).where(people.c.person_id > after)
        rows = await tx.execute(query.order_by(people.c.person_id).limit(limit))
        return [_candidate(row) for row in rows]

    async def is_above(self, tx: AsyncConnection, purpose_id: str, count: int) -> bool:
        """Tell whether more people than so many ever agreed to a purpose."""
        agreed = sa.select(_STATUS.c.person_id).where(_STATUS.c.purpose_id == purpose_id)
        some = agreed.where(_STATUS.c.granted_at_ms.is_not(None)).limit(count + 1).subquery()
        found = await tx.execute(sa.select(sa.func.count()).select_from(some))
        return int(found.scalar_one()) > count

    async def gets_above(
        self, tx: AsyncConnection, *, page_id: str, purpose_id: str, count: int
    ) -> bool:
        """Tell whether more people than so many would get a broadcast now."""
        standing = _query(page_id, purpose_id).where(agrees())
        standing = standing.where(people.c.restricted_since_ms.is_(None))
        some = standing.with_only_columns(people.c.person_id).limit(count + 1).subquery()
        found = await tx.execute(sa.select(sa.func.count()).select_from(some))
        return int(found.scalar_one()) > count

    async def portion_with_zone(
        self, tx: AsyncConnection, *, page_id: str, purpose_id: str, after: bytes, limit: int
    ) -> list[Candidate]:
        """Return the next people as `portion` does, of those who gave a time zone."""
        zoned = sa.exists().where(details.c.person_id == people.c.person_id)
        query = _query(page_id, purpose_id).where(people.c.person_id > after)
        query = query.where(zoned.where(details.c.field == "time_zone"))
        rows = await tx.execute(query.order_by(people.c.person_id).limit(limit))
        return [_candidate(row) for row in rows]

    async def groups(
        self, tx: AsyncConnection, *, page_id: str, purpose_id: str, at_ms: int
    ) -> list[Group]:
        """Count those who gave no time zone by what decides their lane at a time.

        Each group has one for all, whose window ends up to a minute early, and after a day at most.
        """
        found = await tx.execute(_grouped(page_id, purpose_id, at_ms))
        return [_group(row, at_ms) for row in found]

    async def zones_of(self, tx: AsyncConnection, ids: Sequence[PersonId]) -> dict[PersonId, str]:
        """Return the time zones that these people gave, as `zones` does."""
        theirs = details.c.person_id.in_(ids) & (details.c.field == "time_zone")
        found = await tx.execute(sa.select(details.c.person_id, details.c.value).where(theirs))
        return await self._opened({PersonId(row.person_id): row.value for row in found})

    async def zones(self, candidates: Sequence[Candidate]) -> dict[PersonId, str]:
        """Return the time zones that people gave, opened; whose key is lost gave none."""
        return await self._opened(
            {one.person_id: one.time_zone for one in candidates if one.time_zone}
        )

    async def _opened(self, sealed: Mapping[PersonId, bytes]) -> dict[PersonId, str]:
        if not sealed:
            return {}
        keys = await self._keyring.find(sealed)
        return {
            person: open_sealed(
                keys[person], SealedBytes(value), Cell("details", "value", b"time_zone", person)
            ).decode()
            for person, value in sealed.items()
            if person in keys
        }


def agrees() -> sa.ColumnElement[bool]:
    """Match a status whose last word is a yes to what the notice in force still says."""
    ended = (
        _STATUS.c.withdrawn_at_ms,
        _STATUS.c.refused_at_ms,
        policy_purposes.c.asked_anew_at_ms,
    )
    return (
        sa.exists()
        # A purpose that the notice in force does not name is nobody's, whatever was agreed to.
        .where(policy_purposes.c.purpose_id == _STATUS.c.purpose_id, policy_purposes.c.is_named)
        .where(*(_STATUS.c.granted_at_ms > sa.func.coalesce(end, 0) for end in ended))
        .correlate(_STATUS)
    )


def _query(page_id: str, purpose_id: str) -> sa.Select[Any]:
    zone, email = details.alias("zone"), details.alias("email")
    is_going = sa.or_(
        sa.exists().where(erasures.c.person_id == people.c.person_id),
        sa.exists().where(erasing.c.person_id == people.c.person_id),
    )
    return (
        sa.select(
            people.c.person_id,
            agrees().label("is_granted"),
            people.c.restricted_since_ms,
            people.c.window_ends_at_ms,
            people.c.muted_until_ms,
            people.c.unreachable_since_ms,
            email.c.verified_at_ms,
            zone.c.value,
        )
        .join(_STATUS, _STATUS.c.person_id == people.c.person_id)
        .outerjoin(zone, (zone.c.person_id == people.c.person_id) & (zone.c.field == "time_zone"))
        .outerjoin(email, (email.c.person_id == people.c.person_id) & (email.c.field == "email"))
        .where(people.c.page_id == page_id, _STATUS.c.purpose_id == purpose_id, ~is_going)
        .where(_STATUS.c.granted_at_ms.is_not(None))
    )


def _grouped(page_id: str, purpose_id: str, at_ms: int) -> sa.Select[Any]:
    """Select what `_query` does as far as it decides a lane; each look-up counts, at a million."""
    zone, email = details.alias("zone"), details.alias("email")
    left_ms = people.c.window_ends_at_ms - at_ms
    by = (
        _agrees_to(purpose_id).label("is_granted"),
        people.c.restricted_since_ms.is_not(None).label("is_restricted"),
        (people.c.muted_until_ms > at_ms).label("is_held"),
        people.c.unreachable_since_ms.is_not(None).label("is_unreachable"),
        email.c.verified_at_ms.is_not(None).label("has_mail"),
        sa.case(
            (left_ms <= 0, -1),
            (left_ms >= _DAY_MS, _DAY_MS // _MINUTE_MS),
            else_=left_ms // _MINUTE_MS,
        ).label("minutes_left"),
    )
    is_going = sa.union_all(sa.select(erasures.c.person_id), sa.select(erasing.c.person_id))
    has_zone = sa.select(zone.c.person_id).where(zone.c.field == "time_zone")
    one = (
        sa.select(*by)
        .join(_STATUS, _STATUS.c.person_id == people.c.person_id)
        .outerjoin(email, (email.c.person_id == people.c.person_id) & (email.c.field == "email"))
        .where(people.c.page_id == page_id, _STATUS.c.purpose_id == purpose_id)
        .where(_STATUS.c.granted_at_ms.is_not(None))
        .where(people.c.person_id.not_in(is_going), people.c.person_id.not_in(has_zone))
        .subquery()
    )
    return sa.select(*one.c, sa.func.count().label("count")).group_by(*one.c)


def _agrees_to(purpose_id: str) -> sa.ColumnElement[bool]:
    """Match as `agrees` does, asking once for all what the notice in force says of a purpose."""
    named = sa.select(policy_purposes).where(policy_purposes.c.purpose_id == purpose_id)
    asked_anew = named.with_only_columns(policy_purposes.c.asked_anew_at_ms).scalar_subquery()
    is_named = sa.exists(named.where(policy_purposes.c.is_named))
    ended = (_STATUS.c.withdrawn_at_ms, _STATUS.c.refused_at_ms, asked_anew)
    return sa.and_(is_named, *(_STATUS.c.granted_at_ms > sa.func.coalesce(end, 0) for end in ended))


def _group(row: Any, at_ms: int) -> Group:
    one = Candidate(
        person_id=PersonId(b""),
        is_granted=bool(row.is_granted),
        is_restricted=bool(row.is_restricted),
        window_ends_at_ms=at_ms + int(row.minutes_left) * _MINUTE_MS + 1,
        muted_until_ms=at_ms + 1 if row.is_held else 0,
        is_unreachable=bool(row.is_unreachable),
        has_mail=bool(row.has_mail),
        time_zone=None,
    )
    return Group(one, row.count)


def _candidate(row: Any) -> Candidate:
    return Candidate(
        person_id=PersonId(row.person_id),
        is_granted=bool(row.is_granted),
        is_restricted=row.restricted_since_ms is not None,
        window_ends_at_ms=row.window_ends_at_ms,
        muted_until_ms=row.muted_until_ms,
        is_unreachable=row.unreachable_since_ms is not None,
        has_mail=row.verified_at_ms is not None,
        time_zone=row.value,
    )
