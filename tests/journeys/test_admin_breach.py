"""A breach, from the first word of an admin to the last person told."""

import re

from tests.kit.admins import AdminChat, first_owner
from tests.kit.chat import Chat
from tests.kit.deployment import Deployment

#: What an admin answers, in the order in which it is asked.
ANSWERS = (
    ("What kind of breach", "A backup disk was stolen from the office."),
    ("Which kinds of people", "people who chat with the Page"),
    ("About how many people", "40"),
    ("Which kinds of data", "Messenger ids, consents"),
    ("About how many records", "120"),
    ("likely consequences for people", "They may get unwanted messages."),
    ("mend it", "The keys were changed."),
    ("encryption keys", "No"),
    ("What happened?", "A disk with a copy of our data was stolen."),
    ("What may it mean for them?", "Somebody may learn that you wrote to us."),
    ("what can they do", "We changed all keys. You need to do nothing."),
    ("the facts of the breach", "Taken on Sunday night."),
    ("which effects", "None known."),
    ("which remedial action", "Disks are locked away."),
)
HAPPENED = "A disk with a copy of our data was stolen."
DAY_S = 24 * 3600


async def _opened(owner: AdminChat) -> str:
    await owner.chat.says("/breach open")
    await owner.chat.hears("Since when are you aware")
    await owner.chat.taps("Now")
    await owner.chat.hears("cannot be changed afterwards")
    await owner.proves()
    number = _number((await owner.chat.hears("Entered as")).text)
    await owner.chat.hears("signed in until")
    return number


def _number(text: str) -> str:
    (number,) = re.findall(r"Entered as ([2-9A-Z]{4}-[2-9A-Z]{4})", text)
    assert isinstance(number, str)
    return number


async def _written(owner: AdminChat) -> str:
    """Open an entry, and answer one question after the other."""
    number = await _opened(owner)
    await owner.chat.says(f"/breach next {number}")
    for part, answer in ANSWERS:
        await owner.chat.hears(part)
        await owner.chat.says(answer)
    await owner.chat.hears("Everything is written.")
    return number


async def _known(deployment: Deployment) -> Chat:
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    return chat


async def test_from_the_first_word_to_the_last_person(deployment: Deployment) -> None:
    """Entered, written, drafted; told after the delay of a site with one admin; closed."""
    owner = await first_owner(deployment)
    reached, away = await _known(deployment), await _known(deployment)
    number = await _written(owner)
    await owner.chat.says(f"/breach draft {number} authority")
    await owner.chat.hears("Notification of a personal data breach")
    deployment.clock.move(DAY_S + 60)
    await reached.says("Hello again")
    await reached.hears()
    await owner.chat.says(f"/breach tell {number} all")
    await owner.chat.hears("six digits")
    await owner.proves()
    await owner.chat.hears("3 people on 2 Pages")
