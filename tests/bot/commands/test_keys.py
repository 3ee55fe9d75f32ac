"""`keys init`: secrets in files of their owner only, written once."""

from tests.bot.commands.conftest import Operator


async def test_writes_files_of_their_owner(operator: Operator) -> None:
    """It writes both files for their owner alone, says where, and asks for a backup apart."""
    file = operator.folder / "secrets" / "own.secret"
    operator.writes_config(keys={"file": str(file)})
    ended = await operator.runs("keys", "init")
    assert ended.code == 0
    assert f"Wrote {file} and own.secret.epoch-1" in ended.out
    assert "apart from the databases" in ended.out
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
