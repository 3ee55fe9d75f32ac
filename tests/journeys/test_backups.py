"""A backup from before an erasure shows nobody once the bot has taken it up again."""

import shutil

import pytest
import sqlalchemy as sa

from storage import PersonId, Store
from storage.backup import back_up, restore
from storage.db.tables import person_keys
from storage.errors import ErasedAreBack
from storage.vault.secrets import FileSecrets
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Databases, Deployment, deployed


async def _greeted(deployment: Deployment) -> Chat:
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    return chat


def _opened(databases: Databases) -> Store:
    """Open the databases as an operator's command does, while no bot serves them."""
    secrets = FileSecrets(databases.folder / "keys" / "keys.secret").load()
    tombstones = databases.folder / "keys" / "tombstones"
    return Store(databases.url, databases.keys_url, secrets, tombstones=tombstones)


def _put_back(databases: Databases, *which: str) -> None:
    """Copy files of the backup over the live ones, as somebody in a hurry does."""
    names = {"main": "data/chatmagico.db", "keys": "keys/keys.db"}
    for one in which:
        shutil.copy(
            databases.folder / "copy" / one / f"{one}.sqlite", databases.folder / names[one]
        )


async def _person(deployment: Deployment, chat: Chat) -> PersonId:
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.read() as tx:
        return (await store.people.find(tx, [lookup]))[lookup]


async def test_a_backup_with_an_erased_person_is_refused_until_replayed(
    databases: Databases,
) -> None:
    """The bot does not start on it; after the replay it starts, and knows the others only."""
    async with deployed(databases) as deployment:
        gone, stays = await _greeted(deployment), await _greeted(deployment)
        erased, kept = await _person(deployment, gone), await _person(deployment, stays)
        await deployment.settles()
        await back_up(deployment.bot.store, databases.folder / "copy")
        await gone.says("delete me")
        await gone.hears()
        await gone.says("DELETE")
        await gone.hears("receipt")
        await deployment.until(lambda: deployment.has_people(1))
    _put_back(databases, "main", "keys")
    with pytest.raises(ErasedAreBack, match="people=1, keys=1"):
        async with deployed(databases):
            pass
    store = _opened(databases)
    assert (await restore(store, None, now_ms=1)).erased_again == 1
    await store.close()
    async with deployed(databases) as deployment:
        assert await deployment.count_people() == 1
        assert set(await deployment.bot.store.keyring.find([erased, kept])) == {kept}


async def test_older_keys_are_an_alarm_and_no_erasure(
    databases: Databases, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever came after the keys' backup has lost their key: told, counted, and not erased."""
    async with deployed(databases) as deployment:
        await _greeted(deployment)
        await deployment.settles()
        await back_up(deployment.bot.store, databases.folder / "copy")
        newer = await _person(deployment, await _greeted(deployment))
        await deployment.settles()
    _put_back(databases, "keys")
    async with deployed(databases) as deployment:
        await deployment.until(lambda: _is_told(deployment))
        assert await deployment.count_people() == 2
        store = deployment.bot.store
        assert newer not in {one for batch in store.tombstones.batches() for one in batch}
        async with store.keyring.database.read() as tx:
            assert len((await tx.execute(sa.select(person_keys))).all()) == 1
    assert "keys.lost" in capfd.readouterr().err


async def _is_told(deployment: Deployment) -> bool:
    return b"chatmagico_keys_lost 1.0" in deployment.bot.metrics.exposition()
