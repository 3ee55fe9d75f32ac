"""When the watch raises what, to the millisecond; and which way an alert takes to an admin."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from bot.alerts.watch import MAIL_TRIES, MANY_IN_DOUBT, Watch
from bot.alerts.wording import WORDS, text_of
from bot.outbound.lanes import lane_of_admin
from storage import ConsentStatus, KnownPerson, NewMessage, PersonId, Store
from storage.alerts import Alert, AlertKind
from storage.db.tables import mails, outbox
from storage.mails import Letter, NewMail
from tests.kit.deployment import Deployment

NOON_MS = 1_790_942_400_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
PAGE = "555000111"
PERSON = KnownPerson(
    person_id=PersonId(bytes(16)),
    page_id=PAGE,
    key=bytes(32),
    state=None,
    language=None,
    window_ends_at_ms=NOON_MS + 1,
    muted_until_ms=0,
    unreachable_since_ms=None,
    restricted_since_ms=None,
    erase_due_at_ms=NOON_MS,
)
STOPPED = {"news": ConsentStatus(granted_at_ms=1, withdrawn_at_ms=2)}


@dataclass
class Still:
    """A clock that stands."""

    at_ms: int

    def now(self) -> datetime:
        """Return its time."""
        return datetime.fromtimestamp(self.at_ms / 1000, UTC)

    def now_ms(self) -> int:
        """Return its time."""
        return self.at_ms


async def stages(store: Store, at_ms: int, kind: AlertKind) -> list[str]:
    """Look once at a moment; return the stages of a kind that are due then."""
    await Watch(store, Still(at_ms), page_ids=frozenset({PAGE})).look()
    async with store.read() as tx:
        due = await store.alerts.list_due(tx, now_ms=at_ms)
    return [alert.stage for alert in due if alert.kind == kind]


@pytest.mark.parametrize(
    ("after_ms", "expected"),
    [
        (20 * DAY_MS - 1, []),
        (20 * DAY_MS, ["20 days"]),
        (27 * DAY_MS - 1, ["20 days"]),
        (27 * DAY_MS, ["27 days"]),
    ],
)
async def test_a_request_is_due_on_its_days(
    deployment: Deployment, after_ms: int, expected: list[str]
) -> None:
    """Reminders begin with the very moment, and an answer ends them."""
    store = deployment.bot.store
    person = await _known(deployment)
    async with store.write() as tx:
        case = await store.cases.open(
            tx, person.person_id, "human", now_ms=NOON_MS, due_at_ms=NOON_MS + 28 * DAY_MS
        )
    assert await stages(store, NOON_MS + after_ms, AlertKind.CASE) == expected
    async with store.write() as tx:
        await store.cases.mark_answered(tx, case.number)
    assert await stages(store, NOON_MS + after_ms, AlertKind.CASE) == []


@pytest.mark.parametrize(
    ("page_id", "after_ms", "expected"),
    [
        (PAGE, 6 * HOUR_MS - 1, []),
        (PAGE, 6 * HOUR_MS, ["6 hours"]),
        ("999", 6 * HOUR_MS, []),
    ],
)
async def test_silence_begins_six_hours_after_the_last_event(
    deployment: Deployment, page_id: str, after_ms: int, expected: list[str]
) -> None:
    """Of a configured Page only, and not a millisecond sooner."""
    store = deployment.bot.store
    async with store.write() as tx:
        await store.pages.note_heard(tx, [page_id], now_ms=NOON_MS)
    assert await stages(store, NOON_MS + after_ms, AlertKind.SILENCE) == expected


@pytest.mark.parametrize("tries", [MAIL_TRIES - 1, MAIL_TRIES])
async def test_mail_that_fails_again_and_again_is_told_of(
    deployment: Deployment, tries: int
) -> None:
    """Not after the first failures: a mail server may be starting anew."""
    store, person = deployment.bot.store, await _known(deployment)
    now_ms = deployment.clock.now_ms()
    letter = Letter("somebody@example.org", "Hello", "Hello")
    async with store.write() as tx:
        until_ms = now_ms + DAY_MS
        await store.mails.add(tx, NewMail(person.person_id, person.key, letter, until_ms, until_ms))
        await tx.execute(mails.update().values(attempts=tries))
    expected = [""] if tries == MAIL_TRIES else []
    assert await stages(store, now_ms, AlertKind.MAIL) == expected


async def test_many_doubts_are_told_of_and_few_are_not(deployment: Deployment) -> None:
    """So many at once mean that Messenger tells of nothing any more."""
    store, person = deployment.bot.store, await _known(deployment)
    now_ms = deployment.clock.now_ms()
    for count, expected in ((MANY_IN_DOUBT - 1, []), (1, [""])):
        async with store.write() as tx:
            await store.outbox.add(tx, [_message(person, now_ms)] * count)
            later = {"state": "in_doubt", "decide_at_ms": now_ms + DAY_MS}
            await tx.execute(outbox.update().values(later))
        assert await stages(store, now_ms, AlertKind.IN_DOUBT) == expected


@pytest.mark.parametrize("has_mail", [True, False])
@pytest.mark.parametrize(
    ("person", "consents", "way"),
    [
        (PERSON, {}, "window"),
        (replace(PERSON, window_ends_at_ms=NOON_MS), {}, None),
        (replace(PERSON, muted_until_ms=NOON_MS + 1), {}, None),
        (replace(PERSON, unreachable_since_ms=1), {}, None),
        (replace(PERSON, restricted_since_ms=1), {}, None),
        (PERSON, STOPPED, None),
    ],
    ids=["open", "closed", "held by a human", "unreachable", "restricted", "stopped"],
)
def test_the_chat_while_it_is_open_else_mail_else_later(
    person: KnownPerson, consents: dict[str, ConsentStatus], way: str | None, *, has_mail: bool
) -> None:
    """Every cell: what closes the chat sends an alert to the mail, or lets it wait for contact."""
    lane = lane_of_admin(person, consents, has_mail=has_mail, now_ms=NOON_MS)
    assert lane.way == (way or ("email" if has_mail else "next_contact"))


@pytest.mark.parametrize("kind", AlertKind)
def test_every_kind_says_what_to_do(kind: AlertKind) -> None:
    """Two lines: what it is, about what, and what to do; short enough for a message."""
    text = text_of(Alert(b"", kind, "K7QM-2TXA", "20 days", 0, 0))
    says, what_to_do = text.split("\n")
    assert ("K7QM-2TXA" in says) == ("{about}" in WORDS[kind].says)
    assert "chatmagico" in what_to_do or "/" in what_to_do or "Page" in what_to_do
    assert len(text) < 640
    assert "owner" in WORDS[kind].roles


def _message(person: KnownPerson, now_ms: int) -> NewMessage:
    return NewMessage(
        person_id=person.person_id,
        page_id=person.page_id,
        key=person.key,
        body=b"{}",
        kind="answer",
        due_at_ms=now_ms + DAY_MS,
        expires_at_ms=now_ms + DAY_MS,
        resends_left=0,
    )


async def _known(deployment: Deployment) -> KnownPerson:
    """Let somebody write; return them as they are known."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    await deployment.settles()
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.read() as tx:
        person = await store.people.get(tx, (await store.people.find(tx, [lookup]))[lookup])
    assert person is not None
    return person
