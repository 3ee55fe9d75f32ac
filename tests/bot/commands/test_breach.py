"""`breach`: the register as operators read it."""

from tests.bot.commands.conftest import Operator
from tests.kit.breaches import HAPPENED, told, until_counted
from tests.kit.deployment import deployed


async def test_the_register_is_read(operator: Operator) -> None:
    """Numbers, times, every line and who was not reached; a draft on demand; no person."""
    async with deployed(operator.databases) as deployment:
        assert (await operator.runs("breach", "list")).out == "The register is empty.\n"
        chat = deployment.person()
        await chat.says("Hello")
        await chat.hears()
        deployment.clock.move(24 * 3600 + 60)
        number = await told(deployment)
        await until_counted(deployment, number, waiting=1)
        listed = await operator.runs("breach", "list")
        assert listed.out.startswith(f"{number}  aware since ")
        assert "open  tell the authority by " in listed.out
        shown = await operator.runs("breach", "show", number.lower())
        assert "A-1, owner  nature: A backup disk was stolen" in shown.out
        assert "Notices, waiting: 1" in shown.out
        assert "waiting  their 24 hours are over, and there is no e-mail" in shown.out
        drafted = await operator.runs("breach", "show", number, "--draft", "people")
        assert HAPPENED in drafted.out
        assert chat.psid not in listed.out + shown.out + drafted.out


async def test_an_unknown_number_is_told_of(operator: Operator) -> None:
    """A number that the register does not have: a sentence, and what to do."""
    async with deployed(operator.databases):
        ended = await operator.runs("breach", "show", "2222-2222")
    assert ended.code == 2
    assert "`chatmagico breach list` shows them." in ended.err
