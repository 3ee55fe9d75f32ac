"""A breach, from the first word of an admin to the last person told."""

import re

import aiohttp
import pytest

from bot.breaches.desk import BreachDesk
from storage.admins import Role
from storage.breaches import ON_PAGE
from tests.kit.admins import AdminChat, admin, first_owner
from tests.kit.breaches import AUTHOR, HAPPENED, WRITTEN, reach_of, until_counted
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
DAY_S = 24 * 3600


async def _opened(owner: AdminChat) -> str:
    await owner.chat.says("/breach open")
    await owner.chat.hears("Since when are you aware")
    await owner.chat.taps("Now")
    await owner.chat.hears("cannot be changed afterwards")
    await owner.proves()
    return _number((await owner.chat.hears("Entered as")).text)


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


async def _asked_to_tell(owner: AdminChat, number: str, audience: str = "all") -> str:
    """Ask for people to be told; return what an admin is shown before the code."""
    await owner.chat.says(f"/breach tell {number} {audience}")
    shown = await owner.chat.hears_among("are told this:")
    if "six digits" not in shown.text:
        await owner.chat.hears("six digits")
    await owner.proves()
    return shown.text


async def test_from_the_first_word_to_the_last_person(deployment: Deployment) -> None:
    """Entered, written, drafted; told after the delay of a site with one admin; closed."""
    owner = await first_owner(deployment)
    here, away = await _known(deployment), await _known(deployment)
    number = await _written(owner)
    await owner.chat.says(f"/breach draft {number} authority")
    await owner.chat.hears("Notification of a personal data breach")
    deployment.clock.move(DAY_S + 60)
    await here.says("Hello again")
    await here.hears()
    shown = await _asked_to_tell(owner, number)
    assert "3 people on 2 Pages" in shown
    await owner.chat.hears_among("it happens in 10 minutes")
    await deployment.settles()
    assert HAPPENED not in here.bubbles()[-1].text
    deployment.clock.move(10 * 60)
    await here.hears(HAPPENED)
    await until_counted(deployment, number, sent=2, waiting=1)
    owner.chat.catches_up()
    await owner.chat.says(f"/breach {number}")
    told = (await owner.chat.hears("Notices, waiting: 1")).text
    assert "their 24 hours are over, and there is no e-mail" in told
    await away.says("Hello")
    await away.hears()
    await away.hears(HAPPENED)
    await until_counted(deployment, number, sent=3)
    await owner.chat.says(f"/breach close {number}")
    await owner.chat.hears("corrections can follow")
    await owner.proves()
    await owner.chat.hears("Closed.")


async def test_now_is_the_time_at_which_it_was_said(deployment: Deployment) -> None:
    """Not that of the code: what is entered is what was shown."""
    owner = await first_owner(deployment)
    await owner.chat.says("/breach open now")
    await owner.chat.hears("Since when are you aware")
    await owner.chat.taps("Now")
    shown = (await owner.chat.hears("is entered in the register")).text
    deployment.clock.move(4 * 60)
    await owner.proves()
    await owner.chat.hears_among("Entered as")
    owner.chat.catches_up()
    await owner.chat.says("/breach")
    (aware,) = re.findall(r"known since ([^.,]+UTC)", shown)
    await owner.chat.hears_among(f"known since {aware}")


async def test_two_admins_have_to_want_it(deployment: Deployment) -> None:
    """B4: one admin alone tells nobody, neither by asking nor by agreeing to themselves."""
    owner = await first_owner(deployment)
    number = await _written(owner)
    officer = await admin(deployment, "privacy officer")
    await officer.signs_in()
    chat = await _known(deployment)
    await _asked_to_tell(owner, number)
    waits = (await owner.chat.hears("Another admin may now")).text
    (act,) = set(re.findall(r"P-[2-9A-Z]+", waits))
    await owner.chat.says(f"/approve {act}")
    await owner.chat.hears("somebody else has to agree")
    deployment.clock.move(15 * 60)
    assert (await reach_of(deployment, number)).counts == {}
    await officer.chat.hears("asks for your agreement")
    await officer.chat.says(f"/approve {act}")
    await officer.chat.hears("six digits")
    await officer.proves()
    await chat.hears(HAPPENED)
    await until_counted(deployment, number, sent=3)


async def test_what_changed_meanwhile_is_not_told(deployment: Deployment) -> None:
    """Both agree to the same words: a correction in between makes it another act."""
    owner = await first_owner(deployment)
    number = await _written(owner)
    officer = await admin(deployment, "privacy officer")
    await officer.signs_in()
    await _asked_to_tell(owner, number)
    (act,) = set(re.findall(r"P-[2-9A-Z]+", (await owner.chat.hears("Another admin may now")).text))
    await owner.chat.says(f"/breach write {number} plain_nature Two disks were stolen.")
    await owner.chat.hears("Written.")
    await officer.chat.hears("asks for your agreement")
    await officer.chat.says(f"/approve {act}")
    await officer.chat.hears("six digits")
    await officer.proves()
    await officer.chat.hears("has changed")
    assert (await reach_of(deployment, number)).counts == {}


async def test_a_missing_field_is_named_in_the_chat(deployment: Deployment) -> None:
    """B2: neither a draft nor a notice before it is written; the answer says what to write."""
    owner = await first_owner(deployment)
    number = await _opened(owner)
    await owner.chat.says(f"/breach draft {number} people")
    await owner.chat.hears("waits for: Keys within reach of the intruder; What happened")
    await owner.chat.says(f"/breach tell {number} all")
    await owner.chat.hears("waits for:")
    await owner.chat.says(f"/breach close {number}")
    await owner.chat.hears("waits for:")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/breach open tomorrow", "Please type it like this: /breach open"),
        ("/breach open 2099-01-01 00:00", "still to come"),
        ("/breach 2222-2222", "no such number"),
        ("/breach write 2222-2222 nature stolen", "no such number"),
        ("/breach write {number} colour red", "There is no field colour"),
        ("/breach write {number} people_count many", "Write a whole number"),
        ("/breach write", "Please type it like this"),
        ("/breach tell {number} 99", "That cannot be written so"),
        ("/breach record {number} neighbour told", "Please type it like this"),
        ("/breach public {number}", "Please type it like this"),
        ("/breach write {number} nature " + "x" * 1000, "Up to 600 fit"),
    ],
)
async def test_what_is_wrong_is_told_with_what_to_type(
    deployment: Deployment, line: str, told: str
) -> None:
    """Unknown numbers, fields and Pages, times to come, long texts: a sentence, and no change."""
    owner = await first_owner(deployment)
    number = await _opened(owner)
    for name, value in WRITTEN.items():
        await _write(deployment, number, name, value)
    await owner.chat.says(line.format(number=number))
    await owner.chat.hears(told)


async def _write(deployment: Deployment, number: str, name: str, value: str) -> None:
    desk, now_ms = BreachDesk(deployment.settings, deployment.bot.store), deployment.clock.now_ms()
    async with desk.store.write() as tx:
        await desk.write(tx, number, name, value, author=AUTHOR, now_ms=now_ms)


@pytest.mark.parametrize("role", ["sender", "viewer"])
async def test_it_is_not_for_every_role(deployment: Deployment, role: Role) -> None:
    """Whoever sends or looks has no part in breaches."""
    await first_owner(deployment)
    other = await admin(deployment, role)
    await other.chat.says("/breach")
    await other.chat.hears(f"/breach is not for the role {role}.")


async def test_for_everybody_else_it_does_not_exist(deployment: Deployment) -> None:
    """Somebody who types it gets the answer that any other words get."""
    chat = await _known(deployment)
    await chat.says("/breach")
    assert "breach" not in (await chat.hears()).text


async def test_the_public_text_stands_on_our_page_while_it_is_set(deployment: Deployment) -> None:
    """Shown and hidden with a code each; that it was shown stays on record."""
    owner = await first_owner(deployment)
    number = await _written(owner)
    assert HAPPENED not in await _page(deployment)
    for what, is_there in (("show", True), ("hide", False)):
        await owner.chat.says(f"/breach public {number} {what}")
        await owner.chat.hears("our privacy page")
        await owner.proves()
        await owner.chat.hears()
        assert (HAPPENED in await _page(deployment)) is is_there
    desk = BreachDesk(deployment.settings, deployment.bot.store)
    async with desk.store.read() as tx:
        lines = (await desk.find(tx, number)).lines
    assert [line.value for line in lines if line.field == ON_PAGE] == ["yes", "no"]


async def test_a_correction_is_not_public_before_a_code_says_so(deployment: Deployment) -> None:
    """A session is enough to write into the register, and not to write to everybody."""
    owner = await first_owner(deployment)
    number = await _written(owner)
    later = "Two disks were stolen."
    for is_there in (False, True):
        await owner.chat.says(f"/breach public {number} show")
        await owner.chat.hears("our privacy page")
        await owner.proves()
        await owner.chat.hears("The page shows it.")
        assert (later in await _page(deployment)) is is_there
        await owner.chat.says(f"/breach write {number} plain_nature {later}")
        await owner.chat.hears("Written.")
        assert (HAPPENED in await _page(deployment)) is not is_there


async def _page(deployment: Deployment) -> str:
    url = f"http://127.0.0.1:{deployment.bot.port}/privacy?lang=en"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_what_was_done_is_on_record(deployment: Deployment) -> None:
    """Telling the authority ends the clock, and the audit has who did it, without a word of it."""
    owner = await first_owner(deployment)
    number = await _written(owner)
    await owner.chat.says(f"/breach record {number} authority by its form, reference 4711")
    await owner.chat.hears("on record: authority told: by its form, reference 4711")
    await owner.proves()
    await owner.chat.hears("On record.")
    async with deployment.bot.store.read() as tx:
        assert await deployment.bot.store.breaches.list_running(tx) == []
    await owner.chat.says("/audit")
    said = (await owner.chat.hears(f"A-1 owner: breach record {number}")).text
    assert "4711" not in said
