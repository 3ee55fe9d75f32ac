"""What admins did: lines of the ledger that name a number, a role and an object, and no person."""

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.admin_tables import admin_acts
from storage.ledger.leaf import Opening
from storage.ledger.ledger import ActLine, Ledger

#: Who acts on the command line, and so holds the server.
OPERATOR: Final = "operator"
_FORMAT: Final = "chatmagico/admin-act/1"


@dataclass(frozen=True, slots=True)
class AdminAct:
    """One act, as it stands in the ledger."""

    #: The admin's number, A-1; or "operator" for the command line.
    actor: str
    #: Their role at that moment; empty for the operator.
    role: str
    #: What was done, as the command is called.
    act: str
    #: To what: a number such as A-2, never a person.
    object: str
    #: What binds codes and approvals to this very act, in hexadecimal; empty without codes.
    digest: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class NumberedAct:
    """One act with its place in the ledger."""

    index: int
    act: AdminAct


class AdminActs:
    """Writes and reads what admins did."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def note(self, tx: AsyncConnection, act: AdminAct) -> None:
        """Note an act; its line is written when this transaction of `Store.write()` ends."""
        self._ledger.note(tx, [ActLine(content_of(act))], now_ms=act.at_ms)

    async def newest(
        self, tx: AsyncConnection, *, limit: int, before: int | None = None
    ) -> list[NumberedAct]:
        """Return acts, the newest first, from before a place in the ledger."""
        query = admin_acts.select().order_by(admin_acts.c.leaf_index.desc()).limit(limit)
        if before is not None:
            query = query.where(admin_acts.c.leaf_index < before)
        return [_numbered(row) for row in await tx.execute(query)]


def content_of(act: AdminAct) -> dict[str, Any]:
    """Return what the ledger commits to."""
    return {
        "format": _FORMAT,
        "actor": act.actor,
        "role": act.role,
        "act": act.act,
        "object": act.object,
        "digest": act.digest,
        "at_ms": act.at_ms,
    }


def _numbered(row: Any) -> NumberedAct:
    kept = json.loads(Opening.from_bytes(row.opening).content)
    del kept["format"]
    return NumberedAct(row.leaf_index, AdminAct(**kept))
