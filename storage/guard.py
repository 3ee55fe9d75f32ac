"""Look before serving: does what is here belong together, and is nobody back who was erased?

A backup brings back rows and keys of people who were erased after it was made. Their tombstones,
which are in no database, tell; nothing is served until they have been erased once more.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.erasure_tables import deployment, erasing
from storage.db.tables import people, person_keys
from storage.erasure import ErasureSequence
from storage.errors import (
    EpochGone,
    ErasedAreBack,
    KeysUnusable,
    PeopleMissing,
    TombstonesForeign,
    TombstonesMissing,
)
from storage.keyring import Keyring
from storage.records import PersonId
from storage.tombstones import Tombstones

_ID_BYTES = 16
_AT_ONCE = 5000
_ERASED_AT_ONCE = 200


class Guard:
    """Compares both databases with the tombstones, and with each other."""

    def __init__(
        self, main: Database, keyring: Keyring, tombstones: Tombstones, erasure: ErasureSequence
    ) -> None:
        self._main = main
        self._keyring = keyring
        self._tombstones = tombstones
        self._erasure = erasure

    async def begin(self, *, now_ms: int, accepts_loss: bool = False) -> None:
        """Make sure that database and tombstones are one deployment's; found one where it is new.

        Args:
            now_ms: The present time.
            accepts_loss: Begin a new file where the old one is lost.

        Raises:
            StorageError: They are not, as `require_whole` says.
        """
        known, written = await self.require_whole(accepts_loss=accepts_loss)
        if written is None:
            # The file first: a crash in between leaves one whose id the database takes over.
            written = await asyncio.to_thread(self._tombstones.begin, lambda: known or _new())
        if written != (known or await self._note(written, now_ms)):
            raise TombstonesForeign(file=self._tombstones.path.name)

    async def require_whole(
        self, *, accepts_loss: bool = False
    ) -> tuple[bytes | None, bytes | None]:
        """Return the deployment's id in the database and in the file; change nothing.

        Raises:
            TombstonesMissing: The file is gone, and there are people in the database.
            TombstonesForeign: It belongs to another deployment.
            PeopleMissing: There are keys, but the main database is new.
        """
        async with self._main.read() as tx:
            known = await _deployment_id(tx)
            is_empty = (await tx.execute(sa.select(people.c.person_id).limit(1))).first() is None
        written = await asyncio.to_thread(self._tombstones.deployment)
        if known is None and is_empty and await self._has_keys():
            raise PeopleMissing
        if known and written is None and not is_empty and not accepts_loss:
            raise TombstonesMissing(file=self._tombstones.path.name)
        if known and written and known != written:
            raise TombstonesForeign(file=self._tombstones.path.name)
        return known, written

    async def require_nobody_back(self) -> None:
        """Refuse to go on where somebody is here whose tombstone stands.

        Raises:
            ErasedAreBack: Rows or keys of erased people are in the databases.
        """
        back = [len(found) for found in await self._list_back()]
        if any(back):
            raise ErasedAreBack(people=back[0], keys=back[1])

    async def require_secrets(self) -> None:
        """Refuse to go on where keys are wrapped under a secret that is not here.

        Raises:
            SecretForeign: One of that number is here, but another machine has another one.
            EpochGone: It was destroyed, as for a backup of the keys that is too old, or lost.
        """
        await self._keyring.checks.require_alike()
        for epoch in await self._keyring.epochs.list_in_use():
            try:
                self._keyring.held.secret(epoch)
            except KeysUnusable as missing:
                raise EpochGone(epoch=epoch) from missing

    async def replay(self, *, now_ms: int) -> int:
        """Erase once more who has a tombstone; return how many had come back.

        Other recipients are told once more: whether they were told, only the lost database knew.
        """
        rows, keyed = await self._list_back()
        for some in _pieces(rows):
            async with self._main.write() as tx:
                await self._erasure.begin(tx, some, now_ms=now_ms)
        for some in _pieces(keyed):
            await self._keyring.destroy(some)
        for some in _pieces(rows):
            await self._erasure.delete_rows(some, now_ms)
        await self._main.truncate_log()
        return len({*rows, *keyed})

    async def count_lost_keys(self) -> int:
        """Count people whose key is missing although nobody erased them."""
        lost = 0
        async for batch in self._everybody():
            keyless = await self._keyless(batch)
            if keyless:
                erased = await asyncio.to_thread(self._tombstones.named, keyless)
                lost += len(set(keyless) - erased)
        return lost

    async def _list_back(self) -> tuple[list[PersonId], list[PersonId]]:
        """Return who has a tombstone and yet a row, and who has one and yet a key."""
        rows: list[PersonId] = []
        keyed: list[PersonId] = []
        if await asyncio.to_thread(self._tombstones.deployment) is None:
            return rows, keyed
        batches = self._tombstones.batches()
        while batch := await asyncio.to_thread(next, batches, None):
            async with self._main.read() as tx:
                under_way = sa.exists().where(erasing.c.person_id == people.c.person_id)
                back = sa.select(people.c.person_id).where(
                    people.c.person_id.in_(batch), ~under_way
                )
                rows += (await tx.execute(back)).scalars()
                going = sa.select(erasing.c.person_id).where(erasing.c.person_id.in_(batch))
                goes = set((await tx.execute(going)).scalars())
            async with self._keyring.database.read() as tx:
                key = sa.select(person_keys.c.person_id).where(person_keys.c.person_id.in_(batch))
                keyed += [who for who in (await tx.execute(key)).scalars() if who not in goes]
        return rows, keyed

    async def _everybody(self) -> AsyncIterator[list[PersonId]]:
        after = b""
        while True:
            query = sa.select(people.c.person_id).where(people.c.person_id > after)
            async with self._main.read() as tx:
                found = await tx.execute(query.order_by(people.c.person_id).limit(_AT_ONCE))
                batch = [PersonId(person) for person in found.scalars()]
            if not batch:
                return
            yield batch
            after = batch[-1]

    async def _keyless(self, batch: Sequence[PersonId]) -> list[PersonId]:
        """Return who of a batch, which is ordered by id, has no key and is not being erased."""
        keyed = sa.select(person_keys.c.person_id).where(
            person_keys.c.person_id.between(batch[0], batch[-1])
        )
        async with self._keyring.database.read() as tx:
            missing = sorted(set(batch) - set((await tx.execute(keyed)).scalars()))
        if not missing:
            return []
        # Looked up once more: some may have been erased since the batch was read.
        left = sa.select(people.c.person_id).where(
            people.c.person_id.in_(missing),
            ~sa.exists().where(erasing.c.person_id == people.c.person_id),
        )
        async with self._main.read() as tx:
            return [PersonId(person) for person in (await tx.execute(left)).scalars()]

    async def _has_keys(self) -> bool:
        async with self._keyring.database.read() as tx:
            found = await tx.execute(sa.select(person_keys.c.person_id).limit(1))
            return found.first() is not None

    async def _note(self, found: bytes, now_ms: int) -> bytes:
        """Write down which deployment this is; return what another node wrote before."""
        row = {"number": 1, "deployment_id": found, "made_at_ms": now_ms}
        async with self._main.write() as tx:
            await tx.execute(insert_new(self._main, deployment), [row])
            return await _deployment_id(tx) or found


async def _deployment_id(tx: AsyncConnection) -> bytes | None:
    query = sa.select(deployment.c.deployment_id).where(deployment.c.number == 1)
    return (await tx.execute(query)).scalar_one_or_none()


def _new() -> bytes:
    return secrets.token_bytes(_ID_BYTES)


def _pieces(who: Sequence[PersonId]) -> Iterator[Sequence[PersonId]]:
    return (who[at : at + _ERASED_AT_ONCE] for at in range(0, len(who), _ERASED_AT_ONCE))
