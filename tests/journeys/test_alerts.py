"""Alerts over the wire: what has a clock or is broken reaches admins, once, by an open lane."""

import re
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from storage.alerts import Alert, AlertKind, Stage
from storage.db.tables import inbox, people
from storage.vault.sealing import SealedBytes
from tests.kit.admins import claimed, first_owner
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Databases, Deployment, deployed
from tests.kit.mail_server import MailServer, text_of

HOUR_S = 3600
DAY_S = 24 * HOUR_S


async def _standing(deployment: Deployment) -> list[Alert]:
    """Return what stands and is due."""
    async with deployment.bot.store.read() as tx:
        return await deployment.bot.store.alerts.list_due(tx, now_ms=deployment.clock.now_ms())


async def _stands(deployment: Deployment, kind: AlertKind, *, count: int = 1) -> None:
    """Wait until so many alerts of a kind stand."""

    async def is_so() -> bool:
        return sum(one.kind == kind for one in await _standing(deployment)) == count

    await deployment.until(is_so)


async def _raise(deployment: Deployment, kind: AlertKind, about: str, *stages: Stage) -> None:
    async with deployment.bot.store.write() as tx:
        await deployment.bot.store.alerts.raise_(
            tx, kind, about, now_ms=deployment.clock.now_ms(), stages=stages
        )


async def _parked_row(deployment: Deployment) -> dict[str, object]:
    """Return an event that nobody can handle."""
    async with deployment.bot.store.read() as tx:
        person = (await tx.execute(sa.select(people.c.person_id))).scalars().first()
    times = dict.fromkeys(("platform_at_ms", "received_at_ms", "due_at_ms"), 1)
    event = {"event_key": bytes(16), "person_id": person, "key_day": 1, **times}
    return {**event, "body": SealedBytes(b"x"), "parked_reason": "KeyError"}


async def _opens_case(deployment: Deployment) -> str:
    """Let somebody ask for a human; return the request's number."""
    chat = deployment.person()
    await chat.says("human")
    told = await chat.hears()
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", told.text)
    assert found, told.text
    return found[0]


async def _writes(chat: Chat) -> None:
    """Open the window again."""
    chat.catches_up()
    await chat.says("/help")
    await chat.hears()


async def _is_told(deployment: Deployment, chat: Chat, part: str, *, times: int = 1) -> None:
    """Wait until a chat has had these words so often, whatever else it had."""

    async def is_so() -> bool:
        return sum(part in bubble.text for bubble in chat.bubbles()) == times

    await deployment.until(is_so)


async def _mailed(deployment: Deployment, server: MailServer, part: str) -> EmailMessage:
    """Wait for the one mail with these words, whatever else was mailed."""

    async def is_so() -> bool:
        return sum(part in text_of(mail) for mail in server.mails) == 1

    await deployment.until(is_so)
    return next(mail for mail in server.mails if part in text_of(mail))


async def test_an_open_request_is_told_of_at_day_20_and_day_27(deployment: Deployment) -> None:
    """Exactly then, once each, as long as it is open; an answer ends it."""
    owner = await first_owner(deployment)
    number = await _opens_case(deployment)
    deployment.clock.move(20 * DAY_S - 60)
    await _writes(owner.chat)
    await _stands(deployment, AlertKind.CASE, count=0)
    deployment.clock.move(60)
    await _is_told(deployment, owner.chat, f"Request {number} has waited for 20 days")
    deployment.clock.move(7 * DAY_S - 60)
    await _writes(owner.chat)
    deployment.clock.move(60)
    await _is_told(deployment, owner.chat, f"Request {number} has waited for 27 days")
    await _is_told(deployment, owner.chat, f"Request {number} has waited for 20 days")
    await deployment.desk.answer(number, "Here you are.", now_ms=deployment.clock.now_ms())
    deployment.clock.move(60)
    await _stands(deployment, AlertKind.CASE, count=0)


async def test_outside_the_window_it_goes_by_mail_and_says_nothing_in_its_subject(
    databases: Databases,
) -> None:
    """An admin with a verified address gets a mail, once; in the chat nothing is said then."""
    async with MailServer() as server, deployed(databases, mail=server.settings()) as deployment:
        owner = await first_owner(deployment)
        await deployment.verifies_email(owner.chat.psid, "owner@example.org")
        deployment.clock.move(2 * DAY_S)
        owner.chat.catches_up()
        await _raise(deployment, AlertKind.BREACH, "B-1", Stage("24 hours", 0))
        deployment.clock.move(60)
        mail = await _mailed(deployment, server, "Breach B-1: 24 hours have passed")
        assert mail["To"] == "owner@example.org"
        assert "B-1" not in mail["Subject"]
        await _writes(owner.chat)
        deployment.clock.move(60)
        await _raise(deployment, AlertKind.BREACH, "B-1", Stage("48 hours", 0))
        deployment.clock.move(60)
        await _is_told(deployment, owner.chat, "Breach B-1: 48 hours")
        await _is_told(deployment, owner.chat, "24 hours", times=0)
        assert mail is await _mailed(deployment, server, "Breach B-1")


async def test_without_any_lane_it_waits_until_the_admin_writes(deployment: Deployment) -> None:
    """With the window closed and no address, an alert is told after the next contact."""
    owner = await first_owner(deployment)
    deployment.clock.move(2 * DAY_S)
    owner.chat.catches_up()
    await _raise(deployment, AlertKind.BREACH, "B-1", Stage("24 hours", 0))
    deployment.clock.move(60)
    await _stands(deployment, AlertKind.BREACH)
    assert await deployment.outbox_is_empty()
    await _is_told(deployment, owner.chat, "Breach B-1", times=0)
    await _writes(owner.chat)
    await _is_told(deployment, owner.chat, "Breach B-1: 24 hours have passed")


async def test_after_a_stop_nothing_comes_into_the_chat(databases: Databases) -> None:
    """STOP holds for admins too: what is due goes by e-mail alone."""
    async with MailServer() as server, deployed(databases, mail=server.settings()) as deployment:
        owner = await first_owner(deployment)
        await deployment.verifies_email(owner.chat.psid, "owner@example.org")
        await owner.chat.says("STOP")
        await owner.chat.hears("Done.")
        await deployment.settles()
        said = len(owner.chat.bubbles())
        await _raise(deployment, AlertKind.BREACH, "B-1", Stage("24 hours", 0))
        deployment.clock.move(60)
        await _mailed(deployment, server, "Breach B-1")
        await deployment.settles()
        assert len(owner.chat.bubbles()) == said


@pytest.mark.parametrize(
    ("kind", "officer_hears"), [(AlertKind.BREACH, "Breach 1"), (AlertKind.TOKEN_REFUSED, None)]
)
async def test_nobody_is_told_but_admins_whom_it_concerns(
    deployment: Deployment, kind: AlertKind, officer_hears: str | None
) -> None:
    """A privacy officer hears of breaches, not of tokens; a viewer and all others of neither."""
    owner = await first_owner(deployment)
    officer = await claimed(deployment, "privacy officer")
    viewer = await claimed(deployment, "viewer")
    stranger = deployment.person()
    await stranger.says("Hello")
    for chat in (officer, viewer, stranger):
        await chat.hears()
    await deployment.settles()
    for chat in (owner.chat, officer, viewer, stranger):
        chat.catches_up()
    quiet = [
        chat for chat in (officer, viewer, stranger) if chat is not officer or not officer_hears
    ]
    said = [len(chat.bubbles()) for chat in quiet]
    await _raise(deployment, kind, "1", Stage("24 hours", 0))
    deployment.clock.move(1)
    await owner.chat.hears()
    if officer_hears:
        await officer.hears(officer_hears)
    await deployment.settles()
    assert [len(chat.bubbles()) for chat in quiet] == said


async def test_a_page_that_falls_silent_is_told_of_until_it_speaks(
    deployment: Deployment,
) -> None:
    """Six hours after its last event; one that never had any is left alone; it mends itself."""
    owner = await first_owner(deployment)
    await deployment.settles()
    deployment.clock.move(60)
    await _writes(owner.chat)
    await deployment.settles()
    deployment.clock.move(7 * HOUR_S)
    await _is_told(deployment, owner.chat, f"Nothing has come in for Page {PAGE} for 6 hours")
    silent = [one.about for one in await _standing(deployment) if one.kind == AlertKind.SILENCE]
    assert silent == [PAGE]
    await _writes(owner.chat)
    deployment.clock.move(60)
    await _stands(deployment, AlertKind.SILENCE, count=0)


async def test_a_dead_token_and_an_ended_subscription_are_told_of(deployment: Deployment) -> None:
    """Once an hour Messenger is asked; what works again settles it; /status shows what stands."""
    owner = await first_owner(deployment)
    other = deployment.simulator.pages["555000222"]
    deployment.simulator.revoke_token(other.page.id)
    deployment.clock.move(HOUR_S)
    await _stands(deployment, AlertKind.TOKEN_REFUSED)
    await owner.chat.hears(f"Messenger refuses the token of Page {other.page.id}")
    await owner.chat.says("/status")
    await owner.chat.hears("Messenger refuses the token")
    deployment.simulator.restore_token(other.page.id)
    deployment.clock.move(HOUR_S)
    await _stands(deployment, AlertKind.TOKEN_REFUSED, count=0)


async def test_what_is_broken_inside_is_told_of_and_settles(deployment: Deployment) -> None:
    """Parked messages are told of, without saying whose."""
    owner = await first_owner(deployment)
    async with deployment.bot.store.write() as tx:
        await tx.execute(inbox.insert(), [await _parked_row(deployment)])
    deployment.clock.move(60)
    told = await owner.chat.hears("Some messages could not be handled")
    assert owner.chat.psid not in told.text
    async with deployment.bot.store.write() as tx:
        ids = [one.inbox_id for one in await deployment.bot.store.inbox.list_parked(tx)]
        await deployment.bot.store.inbox.drop_parked(tx, ids)
    deployment.clock.move(60)
    await _stands(deployment, AlertKind.PARKED, count=0)


async def test_an_admin_proves_an_address_and_it_outlives_a_stop(databases: Databases) -> None:
    """With /email and the code that was mailed; no news need it, and STOP leaves it for alerts."""
    async with MailServer() as server, deployed(databases, mail=server.settings()) as deployment:
        owner = await first_owner(deployment)
        await owner.signs_in()
        await owner.chat.says("/email")
        await owner.chat.hears("/email you@example.org")
        await owner.chat.says("/email owner@example.org")
        await owner.chat.hears("I sent a code to your address")
        mail = await _mailed(deployment, server, "code")
        code = re.search(r"\b[0-9]{6}\b", text_of(mail))
        assert code
        await owner.chat.says(code[0])
        await owner.chat.hears()
        await owner.chat.says("STOP")
        await owner.chat.hears()
        async with deployment.bot.store.read() as tx:
            (admin,) = await deployment.bot.store.admins.list_all(tx)
            person = await deployment.bot.store.people.get(tx, admin.person_id)
            assert person
            details = deployment.bot.store.details
            found = await details.verified_email(tx, person.person_id, person.key)
        assert found == "owner@example.org"
