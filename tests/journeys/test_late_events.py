"""What Messenger delivers late, or again, brings nobody back who was erased."""

import asyncio
import random
import secrets
from typing import Any

import pytest

from bot.simulator import wire_event
from bot.simulator.people import Person
from tests.kit.chat import Chat
from tests.kit.deployment import APP_ID, Databases, Deployment, deployed

LATE = 1_000
AT_ONCE = 4
_WORDS = ("Hello", "help", "delete me", "DELETE")


@pytest.fixture(params=["databases", "postgres_databases"])
def either(request: pytest.FixtureRequest) -> Databases:
    """Two databases, once of each kind."""
    lent: Databases = request.getfixturevalue(request.param)
    return lent


def _said(deployment: Deployment, person: Person) -> list[dict[str, Any]]:
    """Return what somebody writes until they are erased, ready to be delivered more than once."""
    now_ms = deployment.clock.now_ms()
    events = [
        wire_event.from_person(
            person, at_ms=now_ms + number, message={"mid": f"m_late-{number}", "text": word}
        )
        for number, word in enumerate(_WORDS)
    ]
    menu = {"mid": "m_late-menu", "title": "Menu", "payload": "go:menu"}
    events.insert(1, wire_event.from_person(person, at_ms=now_ms, postback=menu))
    return events


def _told_of(person: Person) -> list[dict[str, Any]]:
    """Return what Messenger tells of the messages that reached somebody."""
    answers = [message for message in person.thread if message.from_page]
    at_ms = answers[-1].at_ms
    return [
        *(wire_event.echo(person, message, app_id=APP_ID) for message in answers),
        *(wire_event.delivery(person, message) for message in answers),
        wire_event.from_person(person, at_ms=at_ms, read={"watermark": at_ms}),
    ]


async def test_late_and_repeated_events_create_nobody(either: Databases) -> None:
    """Of 1,000 deliveries in any order, before, during and after an erasure, none makes a row."""
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    async with deployed(either) as deployment:
        psid = deployment.simulator.add_person()
        person, chat = deployment.simulator.people.get(psid), deployment.chat(psid)
        events = _said(deployment, person)
        await _says(deployment, chat, events)
        known = [*events, *_told_of(person)]
        late = iter([chance.choice(known) for _ in range(LATE)])
        await asyncio.gather(*(_deliver(deployment, late) for _ in range(AT_ONCE)))
        await deployment.until(lambda: deployment.has_people(0))
        await deployment.until(deployment.inbox_is_empty)
        for event in known:
            assert await deployment.simulator.post([event]) == 200
        assert await deployment.count_people() == 0
        assert await deployment.inbox_is_empty()
        assert await deployment.outbox_is_empty()


async def _says(deployment: Deployment, chat: Chat, events: list[dict[str, Any]]) -> None:
    """Deliver each event once; the last one orders the erasure, and is not waited for."""
    for event in events[:-1]:
        assert await deployment.simulator.post([event]) == 200
        await chat.hears()
        await deployment.settles()
    assert await deployment.simulator.post([events[-1]]) == 200


async def _deliver(deployment: Deployment, late: Any) -> None:
    for event in late:
        assert await deployment.simulator.post([event]) == 200
