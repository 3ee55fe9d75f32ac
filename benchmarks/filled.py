"""A folder with many people in it, made without the bot."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.meta_app import page_of
from storage import ConsentAct, ConsentStatus, NewPerson, PersonId, Store
from storage.vault.secrets import FileSecrets

_AT_ONCE: Final = 1_000
_FIRST_PSID: Final = 8_000_000_000_000_000
#: None of them leaves by the clock while something is measured.
FAR_MS: Final = 2**42


@dataclass(frozen=True, slots=True)
class Filled:
    """Somebody who was put into the folder."""

    person_id: PersonId
    psid: str
    lookup: bytes


def secrets_in(folder: Path) -> FileSecrets:
    """Return where the secrets of a folder are."""
    return FileSecrets(folder / "keys" / "keys.secret")


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    """Open the databases of a folder, as `benchmarks.deployment` lays them out; make them first."""
    provider = secrets_in(folder)
    provider.create()
    store = Store(
        f"sqlite+aiosqlite:///{folder}/data/chatmagico.db",
        f"sqlite+aiosqlite:///{folder}/keys/keys.db",
        provider.load(),
        tombstones=folder / "keys" / "tombstones",
        reload=provider.load,
    )
    try:
        await store.prepare()
        await store.guard.begin(now_ms=1)
        yield store
    finally:
        await store.close()


async def fill(store: Store, people: int) -> list[Filled]:
    """Put so many people into a store."""
    return [who for at in range(0, people, _AT_ONCE) for who in await _add(store, at)]


async def _add(store: Store, first: int) -> list[Filled]:
    made = []
    for number in range(first, first + _AT_ONCE):
        psid = str(_FIRST_PSID + number)
        lookup = store.keyring.lookup(page_of(psid), psid)
        made.append(Filled(PersonId(secrets.token_bytes(16)), psid, lookup))
    keys = await store.keyring.create([who.person_id for who in made], now_ms=1)
    rows = [
        NewPerson(
            person_id=who.person_id,
            page_id=page_of(who.psid),
            lookup=who.lookup,
            key=keys[who.person_id],
            psid=who.psid,
            window_ends_at_ms=FAR_MS,
            erase_due_at_ms=FAR_MS,
            created_at_ms=1,
        )
        for who in made
    ]
    async with store.write() as tx:
        await store.people.add(tx, rows)
    return made


async def fill_with_readers(store: Store, psids: Sequence[str]) -> None:
    """Put people into a store who agreed to the news and may be written to."""
    for first in range(0, len(psids), _AT_ONCE):
        some = psids[first : first + _AT_ONCE]
        ids = [PersonId(secrets.token_bytes(16)) for _ in some]
        keys = await store.keyring.create(ids, now_ms=1)
        new = [
            NewPerson(
                person_id=who,
                page_id=page_of(psid),
                lookup=store.keyring.lookup(page_of(psid), psid),
                key=keys[who],
                psid=psid,
                window_ends_at_ms=FAR_MS,
                erase_due_at_ms=FAR_MS,
                created_at_ms=1,
            )
            for psid, who in zip(some, ids, strict=True)
        ]
        acts = [(ConsentAct(who, "news", "granted", 1), True) for who in ids]
        standing = {(who, "news"): ConsentStatus(granted_at_ms=1) for who in ids}
        async with store.write() as tx:
            await store.people.add(tx, new)
            await store.consents.record(tx, acts, standing, now_ms=1)
