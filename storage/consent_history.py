"""What was agreed to, as records are made from it: of one person, or counted without people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.ledger_tables import ledger_openings
from storage.db.tables import consents, texts
from storage.records import PersonId

_IN_ORDER: Final = (consents.c.platform_at_ms, consents.c.recorded_at_ms, consents.c.consent_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAct:
    """One yes, no or withdrawal, with the words that were shown."""

    consent_id: bytes
    purpose_id: str
    act: str
    counts: bool
    platform_at_ms: int
    recorded_at_ms: int
    #: None where nothing was asked, as with STOP.
    text_hash: bytes | None
    text_version: str | None
    language: str | None
    shown: str | None
    #: Which line of the ledger is about it; None where it is older than the ledger.
    leaf_index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedActs:
    """How many acts of one kind followed one text, whoever's they were."""

    act: str
    counts: bool
    number: int
    text_hash: bytes | None
    text_version: str | None
    language: str | None
    shown: str | None


async def acts_of(tx: AsyncConnection, person: PersonId) -> list[RecordedAct]:
    """Return everything a person agreed to, refused and withdrew, in Messenger's order."""
    columns = _columns("consent_id", "purpose_id", "platform_at_ms", "recorded_at_ms")
    query = (
        sa.select(*columns, ledger_openings.c.leaf_index)
        .select_from(_WITH_TEXTS.outerjoin(ledger_openings, _IS_ITS_LINE))
        .where(consents.c.person_id == person)
        .order_by(*_IN_ORDER)
    )
    return [RecordedAct(**row) for row in await _rows(tx, query)]


async def newest_act(tx: AsyncConnection, person: PersonId, purpose_id: str) -> bytes | None:
    """Return the id of a person's last yes, no or withdrawal of a purpose, by Messenger's time."""
    mine = (consents.c.person_id == person) & (consents.c.purpose_id == purpose_id)
    last = (column.desc() for column in _IN_ORDER)
    query = sa.select(consents.c.consent_id).where(mine).order_by(*last).limit(1)
    found: bytes | None = (await tx.execute(query)).scalar()
    return found


async def count_acts(tx: AsyncConnection, purpose_id: str) -> list[CountedActs]:
    """Return how often each text was answered how, for one purpose; neither who nor when."""
    columns = _columns()
    query = (
        sa.select(*columns, sa.func.count().label("number"))
        .select_from(_WITH_TEXTS)
        .where(consents.c.purpose_id == purpose_id)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [CountedActs(**row) for row in await _rows(tx, query)]


_WITH_TEXTS: Final = consents.outerjoin(texts, texts.c.text_hash == consents.c.text_hash)
_IS_ITS_LINE: Final = ledger_openings.c.consent_id == consents.c.consent_id


def _columns(*names: str) -> list[sa.ColumnElement[Any]]:
    always = ("act", "counts", "text_hash", "text_version", "language")
    found: list[sa.ColumnElement[Any]] = [consents.c[name] for name in (*names, *always)]
    return [*found, texts.c.text.label("shown")]


async def _rows(tx: AsyncConnection, query: sa.Select[Any]) -> list[Mapping[str, Any]]:
    found = (await tx.execute(query)).mappings()
    return [{str(name): value for name, value in row.items()} for row in found]
