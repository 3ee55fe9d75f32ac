"""`policy`: what is in force, what waits, and publishing without a chat."""

from tests.bot.commands.conftest import Operator
from tests.kit.deployment import deployed

PARTNER = {"name": "Print Shop", "role": "printing", "country": "CH", "purposes": ["news"]}


async def test_what_waits_is_shown_compared_and_published(operator: Operator) -> None:
    """`check` fails meanwhile; a running bot follows at once, and the ledger has the act."""
    async with deployed(operator.databases) as deployment:
        assert "version 1 is in force." in (await operator.runs("policy", "show")).out
        same = await operator.runs("policy", "diff")
        assert (same.code, same.err) == (0, "")
        operator.writes_config(recipients=[PARTNER])
        differs = await operator.runs("policy", "diff")
        assert differs.code == 1
        assert "+ recipient Print Shop (printing, CH)" in differs.out
        checked = await operator.runs("check", "--offline")
        assert "the notice: found a configuration that version 1 does not state" in checked.err
        asked = await operator.runs("policy", "publish", "--ask-again", "lottery", "--yes")
        assert asked.code == 2
        assert "not configured" in asked.err
        published = await operator.runs("policy", "publish", "--ask-again", "news", "--yes")
        assert "Version 2 is published." in published.out

        async def follows() -> bool:
            return deployment.bot.terms.published.number == 2

        await deployment.until(follows)
        assert "version 2 is in force." in (await operator.runs("policy", "show")).out
        assert "operator" in (await operator.runs("audit")).out
    assert "the notice" not in (await operator.runs("check", "--offline")).err


async def test_nothing_is_published_twice(operator: Operator) -> None:
    """Where the published notice says the same, there is nothing to do and that is said."""
    async with deployed(operator.databases):
        ended = await operator.runs("policy", "publish", "--yes")
    assert ended.code == 2
    assert "says just what the configuration does" in ended.err
