"""A Messenger that stumbles while a broadcast is on its way: nobody twice, nobody in silence."""

from collections import Counter
from collections.abc import Mapping

import pytest

from bot.simulator import Attachment, Echo, Fault
from tests.kit.broadcasting import Broadcasting, readers
from tests.kit.deployment import PAGE, Databases, Deployment, deployed

_PEOPLE = 5
_DOUBT_S = 15 * 60 + 1
_ALL = {("window", "sent"): _PEOPLE}
_ONE_UNKNOWN = {("window", "sent"): _PEOPLE - 1, ("window", "unknown"): 1}


@pytest.mark.parametrize(
    ("fault", "wait_s", "expected"),
    [
        pytest.param(Fault.refused(613), 61, _ALL, id="613"),
        pytest.param(Fault.throttled(minutes=1), 61, _ALL, id="80006"),
        pytest.param(Fault.down(500), _DOUBT_S, _ONE_UNKNOWN, id="500"),
        pytest.param(Fault.down(503, is_accepted=True), _DOUBT_S, _ALL, id="503 yet accepted"),
        pytest.param(Fault.reset(is_accepted=True), _DOUBT_S, _ALL, id="reset after accept"),
        pytest.param(Fault.reset(is_accepted=False), _DOUBT_S, _ONE_UNKNOWN, id="reset"),
        pytest.param(
            Fault.reset(is_accepted=True, echo=Echo.NEVER), _DOUBT_S, _ONE_UNKNOWN, id="no echo"
        ),
        pytest.param(Fault.garbage(), _DOUBT_S, _ALL, id="garbage"),
        pytest.param(Fault.hang(is_accepted=True), _DOUBT_S, _ALL, id="silence"),
    ],
)
async def test_marketing_comes_once_or_is_reported_as_unknown(
    deployment: Deployment, fault: Fault, wait_s: int, expected: Mapping[tuple[str, str], int]
) -> None:
    """Whatever the first call meets, nobody gets it twice, and the report tells the truth."""
    on, simulator = Broadcasting(deployment), deployment.simulator
    people = await readers(deployment.bot.store, simulator, _PEOPLE, now_ms=on.now_ms)
    simulator.faults.next(fault)
    number = await on.begins()
    await deployment.until(lambda: _was_asked(deployment, 1))
    await deployment.until(lambda: _is_idle(deployment))
    deployment.clock.move(wait_s)
    await on.until(number, "over")
    simulator.faults.release()
    heard = Counter(sent.psid for sent in simulator.received)
    assert await on.outcomes(number) == expected
    assert set(heard.values()) == {1}
    assert heard.keys() <= {one.psid for one in people}


async def test_a_service_broadcast_without_an_echo_is_sent_once_more(databases: Databases) -> None:
    """What is no marketing may come twice rather than never."""
    service = [{"id": "news", "class": "service", "title": "Notices", "text": "What you need."}]
    async with deployed(databases, purposes=service) as deployment:
        on, simulator = Broadcasting(deployment), deployment.simulator
        await readers(deployment.bot.store, simulator, 1, now_ms=on.now_ms)
        simulator.faults.next(Fault.reset(is_accepted=True, echo=Echo.NEVER))
        number = await on.begins()
        await deployment.until(deployment.has_doubts)
        deployment.clock.move(61)
        await on.until(number, "over")
        assert await on.outcomes(number) == {("window", "sent"): 1}
        assert len(simulator.received) == 2


async def test_a_run_in_which_many_fail_pauses_itself(deployment: Deployment) -> None:
    """One in five refused, and it stops until somebody has looked."""
    on, simulator = Broadcasting(deployment), deployment.simulator
    await readers(deployment.bot.store, simulator, 80, now_ms=on.now_ms)
    simulator.faults.next(*[Fault.refused(100)] * 30)
    number = await on.begins()
    await on.until(number, "paused")
    assert (await on.desk.show(number)).reason == "too many fail"
    assert (await on.report(number)).open > 0


async def test_broadcasts_rest_where_meta_says_that_little_is_left(deployment: Deployment) -> None:
    """At 80 % of Meta's allowance broadcasts wait while answers go on."""
    on, simulator = Broadcasting(deployment), deployment.simulator
    await readers(deployment.bot.store, simulator, 60, now_ms=on.now_ms)
    simulator.pages[PAGE].usage_percent = 85
    await on.begins()
    await deployment.until(lambda: _was_asked(deployment, 1))
    await deployment.until(lambda: _is_idle(deployment))
    assert len(simulator.received) < 60
    other = deployment.person()
    await other.says("Hello")
    await other.hears()


async def test_a_picture_is_uploaded_once_and_comes_first(deployment: Deployment) -> None:
    """Meta gets it once; everybody gets it as a first part of its own, the text as the second."""
    on, simulator = Broadcasting(deployment), deployment.simulator
    people = await readers(deployment.bot.store, simulator, 3, now_ms=on.now_ms)
    url = "https://club.example.org/fair.png"
    number = await on.begins(picture_url=url)
    await on.until(number, "over")
    assert simulator.uploads == [url]
    picture_id = (await on.desk.show(number)).picture_id
    for one in people:
        picture, text = deployment.chat(one.psid).bubbles()
        assert picture.attachment == Attachment(kind="image", name=picture_id or "")
        assert "The fair is on Sunday." in text.text
    assert await on.outcomes(number) == {("window", "sent"): 3}


async def _was_asked(deployment: Deployment, count: int) -> bool:
    return deployment.simulator.calls >= count


async def _is_idle(deployment: Deployment) -> bool:
    """Tell whether no call is under way that will end by itself."""
    return "begun" not in await deployment.outbox_states()
