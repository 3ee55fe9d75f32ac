"""Codes that prove an e-mail address: six digits, sealed, good for a quarter of an hour.

The row stays for an hour, longer than its code counts: by it codes are counted.
"""

import hmac
import secrets
from dataclasses import dataclass
from typing import Final, Literal

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_or_update
from storage.db.engine import Database
from storage.db.tables import codes
from storage.records import PersonId
from storage.vault.sealing import Cell, open_sealed, seal

LIFETIME_MS: Final = 15 * 60_000
MAX_TRIES: Final = 5
MAX_PER_HOUR: Final = 3
_DIGITS: Final = 6
_HOUR_MS: Final = 3_600_000

#: What a typed code is: spent means used, replaced, or tried too often.
Verdict = Literal["right", "wrong", "spent", "expired", "none"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a typed code."""

    verdict: Verdict
    tries_left: int = 0


class _Kept(msgspec.Struct, frozen=True):
    code: str
    #: When this one and those of the hour before it were made.
    made_at_ms: tuple[int, ...]


_decode = msgspec.json.Decoder(_Kept).decode


class Codes:
    """Makes codes and checks them; one counts per person."""

    def __init__(self, database: Database) -> None:
        self._set = insert_or_update(database, codes, ("code", "tries", "expires_at_ms"))

    async def make(
        self, tx: AsyncConnection, person: PersonId, key: bytes, *, now_ms: int
    ) -> str | None:
        """Make a code in place of the one before; None where the hour has had all of its codes."""
        before = await self._kept(tx, person, key)
        recent = tuple(at for at in before.made_at_ms if at > now_ms - _HOUR_MS) if before else ()
        if len(recent) >= MAX_PER_HOUR:
            return None
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        body = msgspec.json.encode(_Kept(code, (*recent, now_ms)))
        row = {
            "person_id": person,
            "code": seal(key, body, _cell(person)),
            "tries": 0,
            "expires_at_ms": now_ms + _HOUR_MS,
        }
        await tx.execute(self._set, [row])
        return code

    async def check(
        self, tx: AsyncConnection, person: PersonId, key: bytes, typed: str, *, now_ms: int
    ) -> Checked:
        """Compare what was typed with the code that was sent; a right one is used up."""
        mine = codes.c.person_id == person
        row = (await tx.execute(codes.select().where(mine))).first()
        if row is None:
            return Checked("none")
        if row.tries >= MAX_TRIES:
            return Checked("spent")
        kept = _decode(open_sealed(key, row.code, _cell(person)))
        if now_ms >= max(kept.made_at_ms) + LIFETIME_MS:
            return Checked("expired")
        is_right = hmac.compare_digest(kept.code.encode(), typed.encode())
        tries = MAX_TRIES if is_right else row.tries + 1
        await tx.execute(codes.update().where(mine).values(tries=tries))
        if is_right:
            return Checked("right")
        left = MAX_TRIES - tries
        return Checked("wrong", left) if left else Checked("spent")

    async def _kept(self, tx: AsyncConnection, person: PersonId, key: bytes) -> _Kept | None:
        row = (await tx.execute(codes.select().where(codes.c.person_id == person))).first()
        return _decode(open_sealed(key, row.code, _cell(person))) if row else None


async def drop_code(tx: AsyncConnection, person: PersonId) -> None:
    """Let the code that was sent count no more."""
    mine = codes.c.person_id == person
    await tx.execute(codes.update().where(mine).values(tries=MAX_TRIES))


def _cell(person: PersonId) -> Cell:
    return Cell("codes", "code", person, person)
