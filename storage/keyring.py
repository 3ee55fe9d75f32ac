"""Everybody's keys: one random key per person, and short-lived ones per day.

Keys stand in a database of their own, wrapped under the secret of an epoch, never in one backup
with what they open. A person's key is never derived from anything, so deleting it is final.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Literal

import sqlalchemy as sa

from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.tables import day_keys, person_keys
from storage.epochs import Epochs, day_cell, person_cell
from storage.errors import Undecryptable
from storage.records import PersonId
from storage.secret_checks import SecretChecks
from storage.vault.blind_index import blind_index
from storage.vault.held import HeldSecrets
from storage.vault.sealing import SealedBytes, new_key, open_sealed, seal
from storage.vault.secrets import Secrets

#: What a day's key is for: recognising a repeated event, sealing what waits in the inbox, what
#: proves consents after an erasure, or what recipients are told of one.
Use = Literal["event", "inbox", "evidence", "telling"]

_CACHE_SIZE = 1000  # people
_DAY_MS = 86_400_000
_CACHE_S = 300.0
#: Where other nodes destroy keys too: with `forget_expired` twice a second, none outlives one.
_SHARED_CACHE_S = 0.5
_FIND = sa.select(person_keys).where(
    person_keys.c.person_id.in_(sa.bindparam("ids", expanding=True))
)


class Keyring:
    """Finds, makes and destroys keys; keeps a few in memory, for five minutes at most.

    Where other nodes may destroy a key, it is half a second.
    """

    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        *,
        reload: Callable[[], Secrets] | None = None,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database = database
        self.monotonic_s = monotonic_s
        self._cache_s = _CACHE_S if database.is_sqlite else _SHARED_CACHE_S
        self.held = HeldSecrets(secrets, reload)
        self.epochs = Epochs(database, self.held)
        self.checks = SecretChecks(database, self.held)
        self._lookup_key = secrets.derive("bidx/psid/1")
        self._cache: OrderedDict[PersonId, tuple[float, bytes]] = OrderedDict()
        self._days: dict[tuple[int, Use], bytes] = {}
        self._destructions = 0

    def lookup(self, page_id: str, psid: str) -> bytes:
        """Return the blind index under which a person on a Page is found."""
        return blind_index(self._lookup_key, page_id, psid)

    async def create(self, people: Sequence[PersonId], *, now_ms: int) -> dict[PersonId, bytes]:
        """Make a key for each new person; kept before the person is, never after."""
        made = {person: new_key() for person in people}
        if not made:
            return made
        async with self.database.write(is_quick=True) as connection:
            epoch, secret = await self.epochs.wrapping(connection, now_ms=now_ms)
            rows = [
                {
                    "person_id": person,
                    "epoch": epoch,
                    "wrapped": seal(secret, key, person_cell(person)),
                    "created_at_ms": now_ms,
                }
                for person, key in made.items()
            ]
            await connection.execute(person_keys.insert(), rows)
        for person, key in made.items():
            self._remember(person, key)
        return made

    async def find(self, people: Iterable[PersonId]) -> dict[PersonId, bytes]:
        """Return the keys there are; a missing one means erased, or lost, or damaged."""
        self.forget_expired()
        asked = list(people)
        found = {who: self._cache[who][1] for who in asked if who in self._cache}
        absent = [who for who in asked if who not in found]
        return found | await self._read(absent) if absent else found

    async def destroy(self, people: Sequence[PersonId]) -> None:
        """Delete these people's keys, and take the deleted bytes off the disk where possible."""
        try:
            async with self.database.write() as connection:
                await connection.execute(
                    person_keys.delete().where(person_keys.c.person_id.in_(people))
                )
        finally:
            # Only now: before the commit somebody else could have read them into memory again.
            self._destructions += 1
            for person in people:
                self._cache.pop(person, None)
        await self.database.truncate_log()

    async def list_created_before(
        self, at_ms: int, *, after: PersonId, limit: int
    ) -> list[PersonId]:
        """Return whose keys are older than `at_ms`, by rising id, to find those of nobody."""
        query = (
            sa.select(person_keys.c.person_id)
            .where(person_keys.c.created_at_ms < at_ms, person_keys.c.person_id > after)
            .order_by(person_keys.c.person_id)
            .limit(limit)
        )
        async with self.database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def day_key(self, day: int, use: Use) -> bytes:
        """Return the key of a day, counted from the epoch; made when first asked for."""
        if (day, use) not in self._days:
            self._days[day, use] = await self._find_or_make_day(day, use)
        return self._days[day, use]

    async def destroy_days_before(
        self, day: int, use: Use, *, but: Collection[int] = frozenset()
    ) -> int:
        """Destroy the keys of all earlier days but these; return how many there were."""
        for known in [at for at in self._days if at[0] < day and at[1] == use]:
            if known[0] not in but:
                del self._days[known]
        over = (day_keys.c.day < day, day_keys.c.use == use, day_keys.c.day.not_in(but))
        async with self.database.write() as connection:
            gone = await connection.execute(day_keys.delete().where(*over))
        if gone.rowcount:
            await self.database.truncate_log()
        return gone.rowcount

    def forget_expired(self) -> None:
        """Drop the keys from memory that have been there for long enough."""
        now_s = self.monotonic_s()
        while self._cache and next(iter(self._cache.values()))[0] <= now_s:
            self._cache.popitem(last=False)

    async def close(self) -> None:
        """Forget every key and close the database."""
        self._cache.clear()
        self._days.clear()
        await self.database.close()

    async def _read(self, people: Sequence[PersonId]) -> dict[PersonId, bytes]:
        destructions = self._destructions
        # Read on the spot: it is a portion at most, and often asked for while something is written.
        async with self.database.read(is_quick=True) as connection:
            rows = (await connection.execute(_FIND, {"ids": people})).all()
        found: dict[PersonId, bytes] = {}
        for row in rows:
            try:
                found[row.person_id] = self._unwrap(row)
            except Undecryptable:
                continue  # one damaged row must not hold up all the others
            if destructions == self._destructions:  # else it may be one of those destroyed
                self._remember(row.person_id, found[row.person_id])
        return found

    async def _find_or_make_day(self, day: int, use: Use) -> bytes:
        cell = day_cell(day, use)
        async with self.database.write() as connection:
            epoch, secret = await self.epochs.wrapping(connection, now_ms=day * _DAY_MS)
            row = {"day": day, "use": use, "epoch": epoch, "wrapped": seal(secret, new_key(), cell)}
            # Another node may make the same day's key at this moment: the first one counts.
            await connection.execute(insert_new(self.database, day_keys), [row])
            query = day_keys.select().where(day_keys.c.day == day, day_keys.c.use == use)
            kept = (await connection.execute(query)).one()
        return open_sealed(self.held.secret(kept.epoch), kept.wrapped, cell)

    def _unwrap(self, row: Any) -> bytes:
        secret = self.held.secret(row.epoch)
        return open_sealed(secret, SealedBytes(row.wrapped), person_cell(row.person_id))

    def _remember(self, person: PersonId, key: bytes) -> None:
        self._cache[person] = (self.monotonic_s() + self._cache_s, key)
        self._cache.move_to_end(person)
        while len(self._cache) > _CACHE_SIZE:
            self._cache.popitem(last=False)
