"""Events of our own: they come back as they were put, and speak only where Messenger lets us."""

from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.inbound.events import Message, encode
from bot.turns.conversation import Conversation, Rules
from bot.turns.own_events import due_in, found, found_in, is_own, timed_out
from bot.turns.state import to_time
from flows.kit.found import Found
from flows.kit.turn import Event
from storage import KnownPerson, PendingEvent, PersonId, Retention
from storage.db.tables import people
from tests.flows.chat import make_site
from tests.kit.chat import Chat
from tests.kit.deployment import APP_ID, PAGE, Deployment

SOMEBODY = PersonId(b"p" * 16)
DAY_S = 86_400
NOW_MS = 1_790_942_400_000
NOTHING_ASKED = "You have asked the team nothing so far."
#: What CASES finds; it may come at any time.
CASES = "cases"


async def _greeted(deployment: Deployment) -> Chat:
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    return chat


async def _closed(deployment: Deployment) -> Chat:
    """Return somebody whose window has closed."""
    chat = await _greeted(deployment)
    deployment.clock.move(DAY_S + 1)
    return chat


async def _row(deployment: Deployment, chat: Chat) -> "sa.Row[tuple[Any, ...]]":
    """Return what is kept of a person, beside what is sealed."""
    lookup = deployment.bot.store.keyring.lookup(PAGE, chat.psid)
    async with deployment.bot.store.read() as tx:
        query = sa.select(
            people.c.person_id,
            people.c.window_ends_at_ms,
            people.c.erase_due_at_ms,
            people.c.unreachable_since_ms,
        )
        return (await tx.execute(query.where(people.c.lookup == lookup))).one()


async def _put(deployment: Deployment, chat: Chat, what: str) -> None:
    """Let something be found for a person, and wait until it was handled."""
    store = deployment.bot.store
    person = PersonId((await _row(deployment, chat)).person_id)
    event = found(person, what, now_ms=deployment.clock.now_ms())
    async with store.write() as tx:
        await store.inbox.add(tx, [event])
    await deployment.until(deployment.inbox_is_empty)
    assert not await deployment.has_parked(1)


def _talk(*, window_ends_at_ms: int) -> Conversation:
    """Return the part of a batch that a person has."""
    person = KnownPerson(
        person_id=SOMEBODY,
        page_id=PAGE,
        key=b"k" * 32,
        state=None,
        language="en",
        window_ends_at_ms=window_ends_at_ms,
        muted_until_ms=0,
        unreachable_since_ms=None,
        restricted_since_ms=None,
        erase_due_at_ms=NOW_MS * 2,
    )
    return Conversation(person, {}, Rules(make_site(), APP_ID, Retention(1, 1, 1)))


@given(due_at_ms=st.integers(0, 4_102_444_800_000))
def test_a_timer_comes_back_as_it_was(due_at_ms: int) -> None:
    """The inbox tells when the timer was due, and takes it for nothing else."""
    body = timed_out(SOMEBODY, due_at_ms, now_ms=1).body
    assert due_in(body) == due_at_ms
    assert found_in(body) is None
    assert is_own(body)


@given(what=st.text(), facts=st.dictionaries(st.text(), st.text(), max_size=3))
def test_what_was_found_comes_back_as_it_was(what: str, facts: dict[str, str]) -> None:
    """The inbox tells what was found, with its facts, and takes it for nothing else."""
    body = found(SOMEBODY, what, facts, now_ms=1).body
    assert found_in(body) == Found(what, facts=facts)
    assert due_in(body) is None
    assert is_own(body)


def test_an_event_of_our_own_is_dated_and_never_taken_for_a_repeat() -> None:
    """It stands at its own time among the person's events, under a key of its own."""
    first, second = (found(SOMEBODY, CASES, now_ms=7) for _ in range(2))
    assert (first.person_id, first.platform_at_ms, first.received_at_ms) == (SOMEBODY, 7, 7)
    assert first.event_key != second.event_key


def test_what_messenger_sends_is_not_our_own() -> None:
    """The words of a person can't pass for an event of our own."""
    body = msgspec.json.encode({"text": "found " + CASES})
    assert not is_own(body)
    assert (due_in(body), found_in(body)) == (None, None)


def test_what_no_version_knows_is_refused() -> None:
    """A found event of another form is a fault, never something that was found."""
    with pytest.raises(msgspec.MsgspecError):
        found_in(b'found {"that": 1}')


async def test_the_chat_goes_on_with_what_was_found(deployment: Deployment) -> None:
    """Inside the window the flow that waits for it speaks, unasked."""
    chat = await _greeted(deployment)
    await _put(deployment, chat, CASES)
    await chat.hears(NOTHING_ASKED)


async def test_what_no_flow_waits_for_changes_nothing(deployment: Deployment) -> None:
    """It says nothing, and the question that is open can still be answered."""
    chat = await _greeted(deployment)
    await chat.says("news")
    await chat.hears("May we send you this?")
    before = await _row(deployment, chat)
    await _put(deployment, chat, "nobody waits for this")
    assert await _row(deployment, chat) == before
    await chat.taps("Yes")
    await chat.hears("Noted: yes")
    assert await deployment.granted(chat.psid) == {"news"}


async def test_what_was_found_leaves_the_window_as_it_was(deployment: Deployment) -> None:
    """Only the person opens the window and puts off their erasure, not an event of ours."""
    chat = await _greeted(deployment)
    before = await _row(deployment, chat)
    deployment.clock.move(3600)
    await _put(deployment, chat, CASES)
    await chat.hears(NOTHING_ASKED)
    after = await _row(deployment, chat)
    assert after.window_ends_at_ms == before.window_ends_at_ms
    assert after.erase_due_at_ms == before.erase_due_at_ms


async def test_nothing_is_said_once_the_window_is_closed(deployment: Deployment) -> None:
    """After 24 hours what was found is taken in silence; Messenger is not even asked."""
    chat = await _closed(deployment)
    await _put(deployment, chat, CASES)
    await chat.says("cases")
    await chat.hears(NOTHING_ASKED)
    assert len(chat.bubbles()) == 2
    assert b'outcome="outside_window"' not in deployment.bot.metrics.exposition()


async def test_what_was_not_said_counts_as_not_heard(deployment: Deployment) -> None:
    """A person who could not be told is noted as such until they write again."""
    chat = await _closed(deployment)
    await _put(deployment, chat, CASES)
    assert (await _row(deployment, chat)).unreachable_since_ms is not None
    await chat.says("cases")
    await chat.hears(NOTHING_ASKED)
    assert (await _row(deployment, chat)).unreachable_since_ms is None


async def test_a_confirmation_that_could_not_be_said_is_still_owed(deployment: Deployment) -> None:
    """A STOP that waits for its confirmation gets it when the window opens again."""
    chat = await _greeted(deployment)
    await deployment.simulator.hand_over(chat.psid)
    await chat.says("stop")
    await deployment.until(deployment.inbox_is_empty)
    deployment.clock.move(DAY_S + 1)
    await _put(deployment, chat, CASES)
    await deployment.simulator.hand_back(chat.psid)
    await chat.says("help")
    await chat.hears("sends you no news")


def test_what_an_unsaid_event_asks_for_is_not_said_either() -> None:
    """Where the window is closed, what the same turn looks up does not open it."""
    closed, open_ = _talk(window_ends_at_ms=NOW_MS), _talk(window_ends_at_ms=NOW_MS + 1)
    event = found(SOMEBODY, "nobody waits for this", now_ms=NOW_MS)
    for talk in (closed, open_):
        talk.take(PendingEvent(1, SOMEBODY, NOW_MS, NOW_MS, 0, event.body), now_ms=NOW_MS)
        talk.hear_back(Event(Found(CASES), at=to_time(NOW_MS)), now_ms=NOW_MS)
    assert closed.messages == []
    assert [message.expires_at_ms for message in open_.messages] == [NOW_MS + 1]


def test_what_a_page_took_is_not_told_right_after_a_stop() -> None:
    """Both waited, STOP first: it is confirmed, and no code is mailed and asked for after it."""
    talk = _talk(window_ends_at_ms=NOW_MS + 1)
    stop = encode(Message(page_id=PAGE, psid="1", at_ms=NOW_MS, mid="m", text="STOP"))
    used = found(SOMEBODY, "detail_given", {"field": "email", "result": "kept"}, now_ms=NOW_MS)
    asked = [
        talk.take(PendingEvent(number, SOMEBODY, NOW_MS, NOW_MS, 0, body), now_ms=NOW_MS)
        for number, body in enumerate((stop, used.body))
    ]
    assert asked == [[], []]
    assert len(talk.messages) == 1
