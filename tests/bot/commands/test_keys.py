"""`keys`: secrets in files of their owner only, a kit on paper, and a new epoch now and then."""

import re

import aiohttp
import pytest

from storage.vault.kit import named, read_kit
from storage.vault.secrets import FileSecrets
from tests.bot.commands.conftest import Operator
from tests.bot.commands.test_serve import verified


def secrets_of(operator: Operator) -> FileSecrets:
    """Give an operator's key files."""
    return FileSecrets(operator.folder / "keys" / "keys.secret")


def kit_in(told: str) -> str:
    """Return the lines of a kit from what a command said."""
    return "\n".join(line for line in told.splitlines() if re.match(r"(root|epoch \d+) ", line))


async def test_writes_files_of_their_owner(operator: Operator) -> None:
    """It writes both files for their owner alone, says where, and asks for a backup apart."""
    file = operator.folder / "secrets" / "own.secret"
    operator.writes_config(keys={"file": str(file)})
    ended = await operator.runs("keys", "init")
    assert ended.code == 0
    assert f"Wrote {file} and own.secret.epoch-1" in ended.out
    assert "apart from the databases" in ended.out
    kit = {line.name: line.secret for line in read_kit(ended.out)}
    assert kit == named(FileSecrets(file).load())
    made = sorted(file.parent.iterdir())
    assert [file.name for file in made] == ["own.secret", "own.secret.epoch-1"]
    assert {file.stat().st_mode & 0o777 for file in made} == {0o600}
    assert file.parent.stat().st_mode & 0o777 == 0o700


async def test_never_overwrites(operator: Operator) -> None:
    """Secrets that exist, even one of them, are left as they are."""
    file = operator.folder / "keys" / "keys.secret"
    before = file.read_bytes()
    refused = await operator.runs("keys", "init")
    assert refused.code == 2
    assert "nothing was changed" in refused.err
    assert file.read_bytes() == before
    file.unlink()
    assert (await operator.runs("keys", "init")).code == 2
    assert not file.exists()


async def test_environment(operator: Operator) -> None:
    """Where secrets come from the environment, it says how to make them."""
    operator.writes_config(keys=operator.raw["keys"] | {"provider": "environment"})
    ended = await operator.runs("keys", "init")
    assert ended.code == 2
    assert "CHATMAGICO_ROOT_SECRET" in ended.err
    told = (await operator.runs("check")).err
    assert "keys.provider: found secrets that cannot be used" in told
    assert "`chatmagico keys init` tells how to make some" in told


async def test_a_kit_is_verified_line_by_line(operator: Operator) -> None:
    """The kit that is printed passes; a slip, a wrong line and a missing one are each told."""
    kit = kit_in((await operator.runs("keys", "kit")).out)
    assert len(kit.splitlines()) == 2
    right = await operator.runs_alone("--config", "config.toml", "keys", "verify", typed=kit)
    assert (right.code, right.err) == (0, "")
    assert "All 2 lines are right." in right.out
    root, epoch = kit.splitlines()
    slip = root[:-1] + ("0" if root[-1] != "0" else "1")
    other = FileSecrets(operator.folder / "other" / "keys.secret")
    other.create()
    operator.writes_config(keys=operator.raw["keys"] | {"file": str(other.file)})
    for typed, told in [
        (f"{slip}\n{epoch}\n", "root: a slip in it"),
        (f"{root}\n{epoch}\n", "root: not the secret in the file"),
        (f"{epoch}\n", "root: missing from the kit"),
        (f"{epoch.replace('epoch 1', 'epoch 2')}\n", "epoch 2: a slip in it"),
    ]:
        wrong = await operator.runs_alone("--config", "config.toml", "keys", "verify", typed=typed)
        assert wrong.code == 1
        assert told in wrong.err


async def test_lost_files_come_back_from_the_kit(operator: Operator) -> None:
    """What was printed at the beginning makes the same files again, where there are none."""
    before = secrets_of(operator).load()
    kit = kit_in((await operator.runs("keys", "kit")).out)
    recover = ("--config", "config.toml", "keys", "recover")
    assert (await operator.runs_alone(*recover, typed=kit)).code == 2
    for file in (operator.folder / "keys").iterdir():
        file.unlink()
    assert (await operator.runs_alone(*recover, typed="nothing at all\n")).code == 1
    assert (await operator.runs_alone(*recover, typed=f"{kit}\n\n")).code == 0
    assert secrets_of(operator).load() == before


async def test_rotating_beside_a_running_bot(
    operator: Operator, session: aiohttp.ClientSession
) -> None:
    """A new epoch is made and used at once, the kit is told, and the bot goes on."""
    process = await operator.starts("serve")
    await verified(operator, session)
    rotated = await operator.runs("keys", "rotate")
    assert (rotated.code, rotated.err) == (0, "")
    assert "Epoch 2 is new" in rotated.out
    assert len(kit_in(rotated.out).splitlines()) == 3
    assert sorted(secrets_of(operator).load().epochs) == [1, 2]
    assert "Nothing is due." in (await operator.runs("keys", "destroy-old")).out
    assert process.returncode is None
    process.terminate()
    await process.communicate()
    assert process.returncode == 0


async def test_rotating_again_goes_on(operator: Operator) -> None:
    """Each call that finds the last one done makes one more epoch; the old ones wait."""
    assert (await operator.runs("db", "upgrade")).code == 0
    for epoch in (2, 3):
        rotated = await operator.runs("keys", "rotate")
        assert f"under epoch {epoch}" in rotated.out
    assert sorted(secrets_of(operator).load().epochs) == [1, 2, 3]


@pytest.mark.parametrize("command", ["rotate", "kit", "verify", "recover"])
async def test_environment_has_no_files(operator: Operator, command: str) -> None:
    """Where secrets come from the environment, nothing is written anywhere."""
    operator.writes_config(keys=operator.raw["keys"] | {"provider": "environment"})
    assert (await operator.runs("keys", command)).code == 2
