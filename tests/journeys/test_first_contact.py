"""From the first word to STOP, over the wire."""

from tests.kit.deployment import Deployment


async def test_a_person_is_greeted_opts_in_and_stops(deployment: Deployment) -> None:
    """A person hears what this is, says yes to news, and STOP ends it with one confirmation."""
    chat = deployment.person()
    await chat.says("Hello")
    m = await chat.hears()
    print(m)
    await chat.taps(m.quick_replies[0].title)
    m = await chat.hears()
    print(m)
    await chat.taps(m.quick_replies[0].title)
    m = await chat.hears()
    print(m)
    await chat.says("STOP")
    m = await chat.hears()
    print(m)
    assert 0
