"""A flood over the wire: one sentence, then silence, and every word that must work works."""

from tests.kit.chat import Chat
from tests.kit.deployment import Deployment


async def _floods(deployment: Deployment, chat: Chat, text: str, times: int) -> None:
    """Write the same again and again, in one request, at one moment."""
    simulator = deployment.simulator
    await simulator.post([simulator.text_event(chat.psid, text) for _ in range(times)])
    await deployment.until(deployment.inbox_is_empty)
    await deployment.settles()


async def test_a_flood_hears_it_once_and_other_people_nothing_of_it(
    deployment: Deployment,
) -> None:
    """Thirty messages are answered, then one asks to slow down, and a minute later all goes on."""
    chat, other = deployment.person(), deployment.person()
    await _floods(deployment, chat, "help", 45)
    told = [bubble.text for bubble in chat.bubbles()]
    assert len(told) == 31
    assert told[-1].startswith("Please slow down")
    await other.says("help")
    await other.hears()
    deployment.clock.move(60)
    chat.catches_up()
    await chat.says("help")
    assert not (await chat.hears()).text.startswith("Please slow down")


async def test_made_up_commands_are_one_flood(deployment: Deployment) -> None:
    """Another word behind the slash each time is no way around the limit."""
    chat, simulator = deployment.person(), deployment.simulator
    lines = [f"/made-up{place}" for place in range(45)]
    await simulator.post([simulator.text_event(chat.psid, line) for line in lines])
    await deployment.settles()
    told = [bubble.text for bubble in chat.bubbles()]
    assert len(told) == 31
    assert told[-1].startswith("Please slow down")


async def test_the_words_that_must_work_do_so_in_a_flood(deployment: Deployment) -> None:
    """Over the limit one sees one's data, says STOP, and is erased with the typed word."""
    chat = deployment.person()
    await _floods(deployment, chat, "help", 40)
    chat.catches_up()
    await chat.says("my data")
    await chat.hears("what we keep")
    await deployment.settles()
    chat.catches_up()
    await chat.says("STOP")
    await chat.hears("Done.")
    await chat.says("delete me")
    await chat.hears("To erase everything")
    await chat.says("DELETE")
    await chat.hears("being erased")
    await deployment.until(lambda: deployment.has_people(0))
