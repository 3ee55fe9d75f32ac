"""/pause and /resume: what nobody asked for waits; people are answered as ever."""

import pytest

from bot.outbound.render import render
from flows.kit.reply import Reply
from storage import Kind, NewMessage
from tests.journeys.test_admin_cases import complained, signed_in
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, PAGES, Deployment


async def queue(deployment: Deployment, chat: Chat, text: str, kind: Kind) -> None:
    """Queue something that nobody asked for."""
    store, now_ms = deployment.bot.store, deployment.clock.now_ms()
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.write() as tx:
        person = await store.people.get(tx, (await store.people.find(tx, [lookup]))[lookup])
        assert person is not None
        message = NewMessage(
            person_id=person.person_id,
            page_id=PAGE,
            key=person.key,
            body=render(Reply(text)),
            kind=kind,
            due_at_ms=now_ms,
            expires_at_ms=now_ms + 3_600_000,
            resends_left=0,
            purpose_id="news" if kind == "broadcast" else None,
        )
        await store.outbox.add(tx, [message])


async def subscribed(deployment: Deployment) -> Chat:
    """Let somebody new agree to news."""
    chat = deployment.person()
    await chat.says("news")
    await chat.hears("May we send you this?")
    await chat.taps("Yes")
    await chat.hears()
    return chat


@pytest.mark.parametrize("kind", ["broadcast", "notice"])
async def test_what_nobody_asked_for_waits_and_answers_go_on(
    deployment: Deployment, kind: Kind
) -> None:
    """Held while paused, past STOP, rights and answers to requests; sent after /resume."""
    reader, (asker, number) = await subscribed(deployment), await complained(deployment)
    owner = await signed_in(deployment)
    await owner.chat.says("/pause")
    await owner.chat.hears("Which Page?")
    await owner.chat.taps("Garden Club")
    await owner.chat.hears("Garden Club is paused")
    for chat in (reader, asker):
        await queue(deployment, chat, "The club meets on Sunday.", kind)
    await reader.says("my data")
    await reader.hears("about you")
    await deployment.desk.answer(number, "We have looked.", now_ms=deployment.clock.now_ms())
    await asker.hears("We have looked.")
    await asker.says("stop")
    await asker.hears()
    await owner.chat.says("/status")
    await owner.chat.hears(f"{PAGE} (by A-1 since")
    await deployment.until(lambda: deployment.outbox_has(2))
    await owner.chat.says("/resume garden club")
    await owner.chat.hears("Garden Club is to go on")
    await owner.proves()
    await owner.chat.hears("Garden Club goes on")
    await reader.hears("The club meets on Sunday.")
    await deployment.settles()


async def test_a_pause_outlasts_the_probe_and_is_refused_twice(deployment: Deployment) -> None:
    """That Messenger answers again is no reason to go on; a second pause and resume are told so."""
    reader = await subscribed(deployment)
    owner = await signed_in(deployment)
    await owner.chat.says(f"/pause {PAGE}")
    await owner.chat.hears("is paused")
    await queue(deployment, reader, "Sunday", "broadcast")
    deployment.clock.move(600)
    await owner.chat.says(f'/pause "{PAGES[0].name}"')
    await owner.chat.hears("is paused already")
    await deployment.until(lambda: deployment.outbox_has(1))
    await owner.chat.says(f"/resume {PAGES[1].id}")
    await owner.chat.hears("Book Club is not paused by an admin")
    await owner.chat.says("/pause the moon \U0001f319")
    await owner.chat.hears("Which Page?")
