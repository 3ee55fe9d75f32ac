"""What a serving bot does about epochs and keys by itself."""

import pytest
import sqlalchemy as sa

from bot.jobs.sweeper import Sweeper
from storage.db.erasure_tables import secret_checks
from storage.db.tables import person_keys
from storage.vault.secrets import FileSecrets
from tests.kit.deployment import Databases, Deployment, deployed

_DAY_S = 86_400


def _epochs(databases: Databases) -> list[int]:
    return sorted(FileSecrets(databases.folder / "keys" / "keys.secret").load().epochs)


async def _keys_under(deployment: Deployment, epoch: int) -> bool:
    """Tell whether there are keys, and all of them under one epoch."""
    async with deployment.bot.store.keyring.database.read() as tx:
        found = set((await tx.execute(sa.select(person_keys.c.epoch))).scalars())
    return found == {epoch}


async def test_it_rotates_when_its_time_has_come(databases: Databases) -> None:
    """After rotate_days there is a new epoch, all keys are under it, later the old one goes."""
    keys = {
        "url": databases.keys_url,
        "file": str(databases.folder / "keys" / "keys.secret"),
        "rotate_days": 5,
        "backup_days": 1,
    }
    retention = {"stranger_hours": 700}
    async with deployed(databases, keys=keys, retention=retention) as deployment:
        chat = deployment.person()
        await chat.says("Hello")
        await chat.hears()
        assert await _keys_under(deployment, 1)
        deployment.clock.move(5 * _DAY_S)
        await deployment.until(lambda: _keys_under(deployment, 2))
        assert _epochs(databases) == [1, 2]
        deployment.clock.move(_DAY_S)

        async def is_gone() -> bool:
            return _epochs(databases) == [2]

        await deployment.until(is_gone)
        await chat.says("help")
        await chat.hears()


async def test_it_makes_no_second_secret_of_one_number(databases: Databases) -> None:
    """Where another machine made the next one, this one waits for its file, however long."""
    keys = {
        "url": databases.keys_url,
        "file": str(databases.folder / "keys" / "keys.secret"),
        "rotate_days": 5,
    }
    async with deployed(databases, keys=keys, retention={"stranger_hours": 700}) as deployment:
        chat = deployment.person()
        await chat.says("Hello")
        await chat.hears()
        async with deployment.bot.store.keyring.database.write() as tx:
            theirs = [{"number": 2, "check_digits": bytes(8)}]
            await tx.execute(secret_checks.insert(), theirs)
        deployment.clock.move(6 * _DAY_S)
        await deployment.bot.rotation.go_on()
        assert _epochs(databases) == [1]


async def test_by_default_it_leaves_that_to_the_operator(deployment: Deployment) -> None:
    """Without rotate_days no secret is made that nobody has backed up."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    deployment.clock.move(3600 * 40)
    await deployment.settles()
    await deployment.bot.rotation.go_on()
    assert _epochs(deployment.databases) == [1]


async def test_lost_keys_raise_an_alarm(
    deployment: Deployment, capfd: pytest.CaptureFixture[str]
) -> None:
    """A key that is gone without an erasure is counted and logged, and nobody is erased for it."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    store = deployment.bot.store
    async with store.keyring.database.write() as tx:
        await tx.execute(person_keys.delete())
    sweeper = Sweeper(store, deployment.clock, deployment.bot.metrics, deliveries_ms=1)
    assert await sweeper.look_for_lost_keys() == 1
    assert "keys.lost" in capfd.readouterr().err
    assert b"chatmagico_keys_lost 1.0" in deployment.bot.metrics.exposition()
    assert await deployment.count_people() == 1


async def test_a_bot_does_not_start_where_somebody_is_back(databases: Databases) -> None:
    """A database with somebody in it whose tombstone stands is not served."""
    from storage.errors import ErasedAreBack

    async with deployed(databases) as deployment:
        chat = deployment.person()
        await chat.says("Hello")
        await chat.hears()
        store = deployment.bot.store
        lookup = store.keyring.lookup(deployment.settings.pages[0].id, chat.psid)
        async with store.read() as tx:
            person = (await store.people.find(tx, [lookup]))[lookup]
        store.tombstones.add([person])
    with pytest.raises(ErasedAreBack, match="people=1, keys=1"):
        async with deployed(databases):
            pass
