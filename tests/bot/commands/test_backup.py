"""`backup` and `restore`: two folders for two places, and nobody back who was erased."""

import shutil

import aiohttp

from storage import PersonId
from storage.tombstones import Tombstones
from tests.bot.commands.conftest import Operator
from tests.bot.commands.test_serve import verified


async def test_backs_up_beside_a_running_bot(
    operator: Operator, session: aiohttp.ClientSession
) -> None:
    """The copies are made while it serves; bringing them back is refused until it has stopped."""
    process = await operator.starts("serve")
    await verified(operator, session)
    copy = operator.folder / "copy"
    made = await operator.runs("backup", str(copy))
    assert (made.code, made.err) == (0, "")
    assert [path.name for path in sorted(copy.rglob("*.sqlite"))] == ["keys.sqlite", "main.sqlite"]
    assert "two places" in made.out
    refused = await operator.runs_alone("--config", "config.toml", "restore", str(copy))
    assert refused.code == 2
    assert "Another process already serves" in refused.err
    process.terminate()
    await process.communicate()
    done = await operator.runs("restore", str(copy))
    assert (done.code, done.err) == (0, "")
    assert "had come back: 0" in done.out


async def test_start_is_refused_without_tombstones(operator: Operator) -> None:
    """Missing or another deployment's tombstones stop the start, each with what to do."""
    assert (await operator.runs("db", "upgrade")).code == 0
    assert (await operator.runs("restore", "--replay")).code == 2
    assert (await operator.runs("restore", "--new-tombstones")).code == 0
    tombstones = Tombstones(operator.folder / "keys" / "tombstones")
    tombstones.path.unlink()
    tombstones.begin(lambda: b"another one's id")
    checked = await operator.runs("check")
    assert checked.code == 1
    assert "storage.tombstones: found " in checked.err
    told = (await operator.runs_alone("--config", "config.toml", "serve")).err
    assert "belongs to another deployment" in told
    assert "storage.tombstones" in told


async def test_start_is_refused_where_a_tombstone_was_changed(operator: Operator) -> None:
    """An edited line is told by its number, with what to do about it, before anything is served."""
    assert (await operator.runs("db", "upgrade")).code == 0
    assert (await operator.runs("restore", "--new-tombstones")).code == 0
    tombstones = Tombstones(operator.folder / "keys" / "tombstones")
    tombstones.add([PersonId(b"a" * 16)])
    tombstones.path.write_bytes(tombstones.path.read_bytes().replace(b"\n61", b"\n62"))
    checked = await operator.runs("check")
    assert checked.code == 1
    for told in (checked.err, (await operator.runs_alone("serve")).err):
        assert "line 2 was changed" in told
        assert "Put it back from its copy" in told


async def test_it_asks_what_to_restore(operator: Operator) -> None:
    """Neither nothing nor both is taken for a wish."""
    assert (await operator.runs("restore")).code == 2
    assert (await operator.runs("restore", "somewhere", "--replay")).code == 2


async def test_a_backup_of_nothing_is_told(operator: Operator) -> None:
    """Where there is no database yet, no empty copy is made of it."""
    ended = await operator.runs("backup", str(operator.folder / "copy"))
    assert ended.code == 2
    assert "there is none yet" in ended.err
    shutil.rmtree(operator.folder / "copy")
