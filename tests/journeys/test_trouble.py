"""What goes wrong around a person's rights, over the wire: each has a friendly answer."""

from typing import Any

import pytest
import sqlalchemy as sa

from bot.simulator import Message
from flows.delete_me import TYPED
from flows.kit.texts import translate
from flows.lost import SHOWN
from flows.rights_words import DELETE_ME, MY_DATA, OBJECT, RESTRICT, RESUME, WITHDRAW
from flows.words import HELLO, NEWS, as_shown
from storage.db.tables import people, timers
from tests.kit.chat import Chat
from tests.kit.deployment import Deployment

LANGUAGES = ("en", "de")
HOUR_S = 3_600
MONTHS_S = 90 * 24 * HOUR_S


async def _greeted(deployment: Deployment, language: str) -> Chat:
    chat = deployment.person()
    await chat.says(as_shown(HELLO, language) if language != "de" else "Guten Tag")
    await chat.hears()
    return chat


async def _opted_in(deployment: Deployment, language: str) -> Chat:
    chat = await _greeted(deployment, language)
    await _asks(chat, NEWS, language)
    await chat.taps(translate(language, "Yes"))
    await chat.hears()
    return chat


async def _asks(chat: Chat, word: str, language: str) -> Message:
    await chat.says(as_shown(word, language))
    return await chat.hears()


async def _hears(chat: Chat, english: str, language: str, **values: str) -> Message:
    """Hear the beginning of a text, in the person's language."""
    text = translate(language, english)
    return await chat.hears(text.format(**values) if values else text.partition("{")[0])


def _tap_of(deployment: Deployment, chat: Chat, title: str, payload: str) -> dict[str, Any]:
    """Return the event of a quick reply that is long out of sight."""
    event = dict(deployment.simulator.text_event(chat.psid, title))
    event["message"] = {**event["message"], "quick_reply": {"payload": payload}}
    return event


async def _without_timers(deployment: Deployment) -> None:
    """Wait until every place that nobody answered in has timed out."""

    async def are_gone() -> bool:
        async with deployment.bot.store.read() as tx:
            return (await tx.execute(sa.select(timers.c.person_id))).first() is None

    await deployment.until(are_gone)
    await deployment.until(deployment.inbox_is_empty)


# --- Buttons from long ago ----------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_button_from_months_ago_shows_nothing(
    deployment: Deployment, language: str
) -> None:
    """The tap says that it belongs to an earlier question, and how to ask anew."""
    chat = await _opted_in(deployment, language)
    cards = await _asks(chat, MY_DATA, language)
    show = cards.quick_replies[0]
    deployment.clock.move(MONTHS_S)
    await _without_timers(deployment)
    await deployment.simulator.post([_tap_of(deployment, chat, show.title, show.payload)])
    answer = await _hears(
        chat, "That button belongs to an earlier question, so I have not used it.", language
    )
    assert chat.psid not in answer.text
    assert translate(language, "My data") in [choice.title for choice in answer.quick_replies]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_old_yes_of_somebody_forgotten_agrees_to_nothing(
    deployment: Deployment, language: str
) -> None:
    """They are a stranger again by then, and are told what this is."""
    chat = await _greeted(deployment, language)
    yes = (await _asks(chat, NEWS, language)).quick_replies[0]
    deployment.clock.move(MONTHS_S)
    await deployment.until(lambda: deployment.has_people(0))
    await deployment.simulator.post([_tap_of(deployment, chat, yes.title, yes.payload)])
    await chat.hears()
    assert await deployment.granted(chat.psid) == set()


# --- Erasure, twice or by accident --------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_second_delete_me_while_the_first_runs(
    deployment: Deployment, language: str
) -> None:
    """It is acknowledged and dropped: one receipt, one erasure, and nobody is made anew."""
    chat = await _greeted(deployment, language)
    await _asks(chat, DELETE_ME, language)
    said = len(chat.bubbles())
    now_ms = deployment.clock.now_ms()
    texts = (TYPED[language], as_shown(DELETE_ME, language), TYPED[language])
    events = [
        deployment.simulator.text_event(chat.psid, text, at_ms=now_ms + at)
        for at, text in enumerate(texts)
    ]
    assert await deployment.simulator.post(events) == 200
    await deployment.until(lambda: deployment.has_people(0))
    assert await deployment.simulator.post(events) == 200  # Messenger repeats itself
    await deployment.until(deployment.inbox_is_empty)
    await deployment.settles()
    assert await deployment.has_people(0)
    assert len(chat.bubbles()) == said + 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_word_alone_erases_nothing(deployment: Deployment, language: str) -> None:
    """Typed without having asked, it opens the list of what goes; only then does it count."""
    chat = await _greeted(deployment, language)
    await chat.says(TYPED[language])
    await chat.hears(translate(language, "To erase everything, please type {word}.")[:20])
    assert await deployment.has_people(1)
    await chat.taps(translate(language, "Keep my data"))
    await _hears(chat, "All right, everything stays as it is.", language)
    assert await deployment.has_people(1)


# --- A window that closed in the middle ---------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_day_later_an_open_question_is_still_answered(
    deployment: Deployment, language: str
) -> None:
    """The window closed meanwhile; the answer opens it again and counts."""
    chat = await _greeted(deployment, language)
    await _asks(chat, NEWS, language)
    deployment.clock.move(25 * HOUR_S)
    await chat.taps(translate(language, "Yes"))
    await _hears(chat, "Noted: yes.", language)
    assert await deployment.granted(chat.psid) == {"news"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_day_later_the_word_erases_nothing(deployment: Deployment, language: str) -> None:
    """That question is closed, so the word asks it again instead."""
    chat = await _opted_in(deployment, language)
    await _asks(chat, DELETE_ME, language)
    deployment.clock.move(25 * HOUR_S)
    await _without_timers(deployment)
    await chat.says(TYPED[language])
    await chat.hears("Meta")
    assert await deployment.granted(chat.psid) == {"news"}


# --- What cannot be read ------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", [MY_DATA, WITHDRAW, DELETE_ME, OBJECT])
async def test_a_voice_message_leaves_the_question_open(
    deployment: Deployment, language: str, word: str
) -> None:
    """In each place of a right: it says what it reads, asks again, and nothing is done."""
    chat = await _opted_in(deployment, language)
    asked = await _asks(chat, word, language)
    await deployment.simulator.send_attachment(chat.psid, "audio")
    again = await _hears(chat, SHOWN["audio"], language)
    assert [one.title for one in again.quick_replies] == [one.title for one in asked.quick_replies]
    assert await deployment.granted(chat.psid) == {"news"}


# --- Nothing to do, or done already -------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
async def test_withdrawing_nothing_is_answered(deployment: Deployment, language: str) -> None:
    """There is nothing to withdraw, and the answer says so."""
    chat = await _greeted(deployment, language)
    await chat.says(as_shown(WITHDRAW, language))
    await _hears(chat, "There is nothing to withdraw.", language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_restricting_and_resuming_twice(deployment: Deployment, language: str) -> None:
    """A second RESTRICT holds since the first; a second RESUME has nothing to lift."""
    chat = await _greeted(deployment, language)
    await _asks(chat, RESTRICT, language)
    since_ms = await _restricted_since_ms(deployment)
    assert since_ms is not None
    deployment.clock.move(60)
    await _asks(chat, RESTRICT, language)
    assert await _restricted_since_ms(deployment) == since_ms
    await chat.says(as_shown(RESUME, language))
    await _hears(chat, "Done. I use your data again as before.", language)
    await chat.says(as_shown(RESUME, language))
    await _hears(chat, "Nothing is restricted.", language)
    assert await _restricted_since_ms(deployment) is None


async def _restricted_since_ms(deployment: Deployment) -> int | None:
    async with deployment.bot.store.read() as tx:
        found: int | None = (await tx.execute(sa.select(people.c.restricted_since_ms))).scalar_one()
    return found
