"""Who said yes and no to what: every act, append-only, and where each purpose stands now."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_new, insert_or_update
from storage.db.engine import Database
from storage.db.policy_tables import policy_purposes
from storage.db.tables import consent_status, consents, texts
from storage.keyring import Keyring
from storage.ledger.ledger import ConsentLine, Ledger
from storage.records import ConsentAct, ConsentStatus, PersonId, ShownText

_FORMAT = "chatmagico/consent/1"
#: What a line of this format commits to; another selection is another format.
_COMMITTED = (
    "consent_id",
    "person_id",
    "purpose_id",
    "act",
    "counts",
    "platform_at_ms",
    "recorded_at_ms",
    "text_hash",
    "text_version",
    "language",
)
_COLUMNS = ("granted_at_ms", "refused_at_ms", "withdrawn_at_ms")


def judge(status: ConsentStatus, act: ConsentAct) -> tuple[ConsentStatus, bool]:
    """Return where a purpose stands after an act, and whether the act counts.

    A grant not newer than the last withdrawal counts for nothing, however late it arrives; a
    withdrawal counts unless a newer grant exists. Of each kind the newest is kept and Meta's times
    are compared, so the same acts lead to the same place in whatever order they arrive. All acts
    are recorded, also those that count for nothing.
    """
    at_ms = act.platform_at_ms
    granted, refused, withdrawn = (getattr(status, name) or 0 for name in _COLUMNS)
    if act.act == "granted":
        # Words that a version of the notice replaced are no yes to what stands there now.
        counts = at_ms > max(granted, status.ended_at_ms)
        return replace(status, granted_at_ms=max(at_ms, granted)), counts
    if act.act == "refused":
        counts = at_ms >= max(granted, refused, withdrawn)
        return replace(status, refused_at_ms=max(at_ms, refused)), counts
    return replace(status, withdrawn_at_ms=max(at_ms, withdrawn)), at_ms >= granted


class ConsentBook:
    """Reads and writes consent."""

    def __init__(self, database: Database, keyring: Keyring, ledger: Ledger) -> None:
        self._keyring = keyring
        self._ledger = ledger
        self._find = (
            sa.select(consent_status, policy_purposes.c.asked_anew_at_ms)
            .outerjoin(policy_purposes, policy_purposes.c.purpose_id == consent_status.c.purpose_id)
            .where(consent_status.c.person_id.in_(sa.bindparam("people", expanding=True)))
        )
        self._set = insert_or_update(database, consent_status, _COLUMNS)
        self._add = consents.insert()
        self._keep_text = insert_new(database, texts)

    async def find(
        self, tx: AsyncConnection, people: Iterable[PersonId]
    ) -> dict[PersonId, dict[str, ConsentStatus]]:
        """Return where every purpose stands for these people."""
        ids = list(people)
        found: dict[PersonId, dict[str, ConsentStatus]] = {person: {} for person in ids}
        for row in await tx.execute(self._find, {"people": ids}):
            status = ConsentStatus(
                row.granted_at_ms, row.refused_at_ms, row.withdrawn_at_ms, row.asked_anew_at_ms
            )
            found[row.person_id][row.purpose_id] = status
        return found

    async def record(
        self,
        tx: AsyncConnection,
        acts: Sequence[tuple[ConsentAct, bool]],
        statuses: Mapping[tuple[PersonId, str], ConsentStatus],
        *,
        now_ms: int,
    ) -> None:
        """Record acts, each with whether it counts, and where that leaves each purpose.

        Each is one line in the ledger, also where it counts for nothing.
        """
        if not acts:
            return
        shown = {_hash(act.shown): act.shown for act, _ in acts if act.shown}
        if shown:
            # Every node takes the rows in one order, so that two can't wait for each other.
            rows = [_text_row(shown[text], now_ms) for text in sorted(shown)]
            await tx.execute(self._keep_text, rows)
        added = [_row(act, counts=ok, now_ms=now_ms) for act, ok in acts]
        await tx.execute(self._add, added)
        await tx.execute(self._set, [_status_row(at, statuses[at]) for at in sorted(statuses)])
        keys = await self._keyring.find({act.person_id for act, _ in acts})
        lines = [_line(row, keys.get(row["person_id"])) for row in added]
        self._ledger.note(tx, lines, now_ms=now_ms)


async def granted_ever(tx: AsyncConnection, people: Iterable[PersonId]) -> dict[PersonId, set[str]]:
    """Return what these people ever agreed to, also where they have ended it."""
    granted: dict[PersonId, set[str]] = {person: set() for person in people}
    columns = (consent_status.c.person_id, consent_status.c.purpose_id)
    agreed = consent_status.c.granted_at_ms.is_not(None)
    query = sa.select(*columns).where(consent_status.c.person_id.in_(granted), agreed)
    for row in await tx.execute(query):
        granted[row.person_id].add(row.purpose_id)
    return granted


def _row(act: ConsentAct, *, counts: bool, now_ms: int) -> dict[str, Any]:
    shown = act.shown
    return {
        "consent_id": secrets.token_bytes(16),
        "person_id": act.person_id,
        "purpose_id": act.purpose_id,
        "act": act.act,
        "counts": counts,
        "platform_at_ms": act.platform_at_ms,
        "recorded_at_ms": now_ms,
        "text_hash": _hash(shown) if shown else None,
        "text_version": shown.text_version if shown else None,
        "language": shown.language if shown else None,
    }


def content_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what the ledger commits to of one act, as its row stands."""
    values = {name: row[name] for name in _COMMITTED}
    plain = {name: one.hex() if isinstance(one, bytes) else one for name, one in values.items()}
    return {"format": _FORMAT, **plain}


def _line(row: Mapping[str, Any], key: bytes | None) -> ConsentLine:
    return ConsentLine(row["consent_id"], row["person_id"], key, content_of(row))


def _hash(shown: ShownText) -> bytes:
    return hashlib.sha256(shown.text.encode()).digest()


def _text_row(shown: ShownText, now_ms: int) -> dict[str, Any]:
    return {
        "text_hash": _hash(shown),
        "text": shown.text,
        "text_version": shown.text_version,
        "language": shown.language,
        "first_shown_at_ms": now_ms,
    }


def _status_row(at: tuple[PersonId, str], status: ConsentStatus) -> dict[str, Any]:
    times = {name: getattr(status, name) for name in _COLUMNS}
    return {"person_id": at[0], "purpose_id": at[1], **times}
