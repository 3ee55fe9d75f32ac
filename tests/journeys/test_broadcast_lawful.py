"""Whom a broadcast may reach, whatever chose its audience; and a checker that can say no."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.broadcasts.schedule import Schedule
from bot.simulator import Sent
from storage.broadcasts.records import Count, NewDelivery
from storage.inbox import DAY_MS
from tests.kit.broadcast_history import after_stop, judge
from tests.kit.broadcasting import Broadcasting, Reader, readers
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Databases, Deployment, deployed

_TWO_PURPOSES = [
    {"id": "news", "class": "marketing", "title": "Club news", "text": "News about events."},
    {"id": "notices", "class": "service", "title": "Notices", "text": "What members need."},
]


async def test_marketing_reaches_only_whoever_agreed_to_just_that(databases: Databases) -> None:
    """Not who only wrote, said no, took it back, or agreed to something else."""
    async with deployed(databases, purposes=_TWO_PURPOSES) as deployment:
        on, store = Broadcasting(deployment), deployment.bot.store
        simulator = deployment.simulator
        (wanted,) = await readers(store, simulator, 1, now_ms=on.now_ms)
        await readers(store, simulator, 1, now_ms=on.now_ms, purpose_id="notices")
        wrote, declined, stopped = [deployment.person() for _ in range(3)]
        await wrote.says("hello")
        await wrote.hears()
        await _answers(declined, "No")
        await _answers(stopped, "Yes")
        await stopped.says("STOP")
        await stopped.hears("Done. You no longer")
        number = await on.begins()
        await on.until(number, "over")
        reached = {sent.psid for sent in simulator.received if "The fair" in sent.text}
        assert reached == {wanted.psid}


async def _answers(chat: Chat, title: str) -> None:
    """Be asked about the news, and answer."""
    await chat.says("news")
    await chat.hears()
    await chat.taps(title)
    await chat.hears()


async def test_a_wrong_audience_is_stopped_at_the_claim(deployment: Deployment) -> None:
    """Deliveries made for people who do not agree, as a broken selection would, send nothing."""
    on, simulator = Broadcasting(deployment), deployment.simulator
    agreed, stopped = await readers(deployment.bot.store, simulator, 2, now_ms=on.now_ms)
    others = await readers(
        deployment.bot.store, simulator, 3, now_ms=on.now_ms, purpose_id="another"
    )
    await simulator.say(stopped.psid, "STOP")
    await deployment.chat(stopped.psid).hears("Done. You no longer")
    tomorrow = deployment.clock.now() + timedelta(hours=23)
    number = await on.begins(Schedule(at=tomorrow.replace(tzinfo=None), is_urgent=True))
    await _list_wrongly(on, number, [stopped, *others])
    await deployment.until(lambda: _came_to(on, number, {("window", "opted out"): 4}))
    deployment.clock.move(23 * 3600)
    await deployment.chat(agreed.psid).hears("The fair")
    reached = {sent.psid for sent in simulator.received if "The fair" in sent.text}
    assert reached == {agreed.psid}


async def _list_wrongly(on: Broadcasting, number: int, people: Sequence[Reader]) -> None:
    """Begin a run that is about these people, whatever they agreed to."""
    store, now_ms = on.deployment.bot.store, on.now_ms
    until_ms = now_ms + DAY_MS
    wrong = [NewDelivery(one.person_id, "window", "waiting", now_ms, until_ms) for one in people]
    async with store.write() as tx:
        await store.runs.begin(
            tx,
            number,
            occurs_at_ms=now_ms,
            expires_at_ms=until_ms,
            state="sending",
            now_ms=now_ms,
        )
        (run,) = await store.runs.list_of(tx, number)
        await store.deliveries.add(tx, run.run_id, "news", wrong, now_ms=now_ms)


async def _came_to(on: Broadcasting, number: int, counts: Mapping[tuple[str, str], int]) -> bool:
    return await on.outcomes(number) == counts


@pytest.mark.parametrize(
    ("heard", "counts"),
    [
        pytest.param({"a": 2, "b": 1}, {"sent": 2}, id="twice"),
        pytest.param({"a": 1}, {"sent": 2}, id="told as sent, yet it never came"),
        pytest.param({"a": 1, "b": 1}, {"sent": 1, "expired": 1}, id="came, yet it is not told"),
        pytest.param({"a": 1}, {"sent": 1}, id="skipped in silence"),
        pytest.param({"a": 1, "b": 1}, {"sent": 1, "queued": 1}, id="not decided"),
    ],
)
async def test_the_checker_finds_a_broken_history(
    deployment: Deployment, heard: dict[str, int], counts: dict[str, int]
) -> None:
    """What the kills are judged by does fail where somebody is lost or written to twice."""
    on = Broadcasting(deployment)
    number = await on.begins()
    report = await on.report(number)
    told = [Count("window", outcome, count) for outcome, count in counts.items()]  # type: ignore[arg-type]  # of the few that it may be
    with pytest.raises(AssertionError):
        judge(replace(report, counts=tuple(told)), Counter(heard), ["a", "b"])


def test_the_checker_finds_a_send_after_a_stop() -> None:
    """With the last look before a send left out, this is what Messenger would have received."""
    confirmed = _sent("Done. You no longer get messages.")
    assert after_stop([_sent("The fair"), confirmed], "a") == []
    assert after_stop([confirmed, _sent("The fair")], "a") == ["The fair"]


def _sent(text: str) -> Sent:
    return Sent(page_id=PAGE, psid="a", mid="m", metadata=None, text=text, at_ms=0)
