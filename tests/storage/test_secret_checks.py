"""Machines with key files of their own: none wraps what another can't open."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import Store
from storage.db.erasure_tables import secret_checks
from storage.db.tables import person_keys
from storage.errors import SecretForeign
from storage.rotation import go_on
from storage.vault.secrets import FileSecrets
from tests.kit.deployment import Databases
from tests.storage.make import NOON_MS, World
from tests.storage.test_backup import readable

OTHER_ROOT = bytes(range(32)).hex()


@pytest.fixture
def provider(databases: Databases) -> FileSecrets:
    """Give the files of one machine."""
    return FileSecrets(databases.folder / "secrets" / "keys.secret")


@pytest.fixture
def other(provider: FileSecrets, world: World, tmp_path: Path) -> FileSecrets:
    """Give the files of another machine, a copy."""
    del world  # it makes the first ones
    made = FileSecrets(tmp_path / "elsewhere" / "keys.secret")
    made.write(provider.load())
    return made


async def machine(databases: Databases, files: FileSecrets) -> Store:
    """Return a store as a process on that machine has it."""
    tombstones = databases.folder / "tombstones"
    return Store(
        databases.url, databases.keys_url, files.load(), tombstones=tombstones, reload=files.load
    )


async def epochs_in_use(world: World) -> set[int]:
    """Return under which epochs people's keys are."""
    async with world.store.keyring.database.read() as tx:
        return set((await tx.execute(sa.select(person_keys.c.epoch))).scalars())


async def test_two_secrets_of_one_number_are_noticed(
    world: World, databases: Databases, provider: FileSecrets, other: FileSecrets
) -> None:
    """Where two machines made the next secret, the second one wraps nothing, and is told."""
    who = await world.person()
    assert provider.create_next() == other.create_next() == 2
    elsewhere = await machine(databases, other)
    await world.store.keyring.checks.require_alike()
    assert (await go_on(world.store, now_ms=NOON_MS)).is_done
    for refused in (
        elsewhere.keyring.checks.note(),
        elsewhere.guard.require_secrets(),
        go_on(elsewhere, now_ms=NOON_MS),
    ):
        with pytest.raises(SecretForeign, match="secret=epoch 2"):
            await refused
    (other.file.parent / "keys.secret.epoch-2").write_bytes(
        (provider.file.parent / "keys.secret.epoch-2").read_bytes()
    )
    elsewhere.keyring.held.refresh()
    await elsewhere.guard.require_secrets()
    assert await readable(World(elsewhere), who)
    await elsewhere.close()


async def test_a_secret_that_is_refused_is_noted_nowhere(
    world: World, databases: Databases, other: FileSecrets
) -> None:
    """A machine of another deployment, by its root, leaves no number behind that others miss."""
    assert await world.store.keyring.checks.note() == 1
    other.create_next()
    other.file.write_text(OTHER_ROOT)
    elsewhere = await machine(databases, other)
    with pytest.raises(SecretForeign, match="secret=root"):
        await elsewhere.keyring.checks.note()
    assert await world.store.keyring.checks.newest() == 1
    await elsewhere.close()


async def test_a_number_that_is_lost_is_passed_over(world: World, provider: FileSecrets) -> None:
    """Where the machine that made the next secret is gone, the one after it is made."""
    who = await world.person()
    async with world.store.keyring.database.write() as tx:
        await tx.execute(secret_checks.insert(), [{"number": 2, "check_digits": bytes(8)}])
    newest = await world.store.keyring.checks.newest()
    assert provider.create_next(above=newest) == 3
    assert (await go_on(world.store, now_ms=NOON_MS)).is_done
    assert await epochs_in_use(world) == {3}
    assert await readable(world, who)


async def test_looking_notes_nothing(world: World) -> None:
    """What only compares, as `check` does, leaves the database as it is."""
    await world.store.guard.require_secrets()
    assert await world.store.keyring.checks.newest() == 0
