"""The organisation's own answers, the way to the team, and codes that lead to an opt-in."""

import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from bot import qr
from flows.links import reference
from storage.db.count_tables import unknown_texts
from storage.figures import count
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Databases, Deployment, deployed
from tests.kit.scanner import scan

ANSWERS = [
    {
        "words": ["next meeting"],
        "text": "On the first Tuesday.",
        "question": "When is the next meeting?",
        "de": {
            "words": ["nächstes Treffen"],
            "text": "Am ersten Dienstag.",
            "question": "Wann ist das nächste Treffen?",
        },
    },
]
PURPOSES = [
    {
        "id": name,
        "class": "marketing",
        "title": title,
        "text": f"{title}, about once a month.",
        "de": {"title": german, "text": f"{german}, etwa einmal im Monat."},
    }
    for name, title, german in (("news", "News", "Neues"), ("appeals", "Appeals", "Aufrufe"))
]


@pytest.fixture
async def deployment(databases: Databases) -> AsyncIterator[Deployment]:
    """A bot with an answer and two purposes, in two languages."""
    languages = {"default": "en", "offered": ["en", "de"]}
    async with deployed(
        databases, answers=ANSWERS, purposes=PURPOSES, languages=languages
    ) as running:
        yield running


@pytest.fixture(params=["databases", "postgres_databases"])
def either(request: pytest.FixtureRequest) -> Databases:
    """Two databases, once of each kind."""
    lent: Databases = request.getfixturevalue(request.param)
    return lent


def scanned(language: str, purpose: str) -> str:
    """Return the reference that a phone finds in a printed code."""
    address = scan(qr.as_png(f"https://m.me/{PAGE}?ref={reference(language, purpose)}"))
    split = urlsplit(address)
    assert (split.scheme, split.netloc, split.path) == ("https", "m.me", f"/{PAGE}")
    return parse_qs(split.query)["ref"][0]


def counted(deployment: Deployment) -> float:
    """Return how many texts were not understood."""
    metrics = deployment.bot.metrics.exposition().decode()
    found = re.search(r"^chatmagico_texts_not_understood_total (\S+)$", metrics, re.MULTILINE)
    assert found is not None
    return float(found[1])


@pytest.mark.parametrize(
    ("asked", "answer", "notice"),
    [
        ("Hi, when is the next meeting?", "On the first Tuesday.", "I am an automated bot"),
        ("Wann ist das naechste Treffen?", "Am ersten Dienstag.", "automatischer Bot"),
    ],
)
async def test_a_question_is_answered_in_its_language(
    deployment: Deployment, asked: str, answer: str, notice: str
) -> None:
    """Somebody new hears the answer first, then in the same bubble that this is a bot."""
    chat = deployment.person()
    await chat.says(asked)
    said = await chat.hears(notice)
    assert said.text.startswith(answer)
    assert counted(deployment) == 0


async def test_an_open_question_waits_for_an_answer(deployment: Deployment) -> None:
    """Who asks in the middle of an opt-in is answered, asked again, and can go on."""
    chat = deployment.person()
    await chat.says("news")
    await chat.hears("May we send you this?")
    await chat.says("when is the next meeting?")
    again = await chat.hears("May we send you this?")
    assert again.text.startswith("On the first Tuesday.")
    await chat.taps("Yes")
    await chat.hears("Noted: yes")


async def test_what_nobody_understood_goes_to_the_team_with_one_tap(
    deployment: Deployment,
) -> None:
    """The request is open, and of the text a number is kept."""
    chat = deployment.person()
    await chat.says("is the canary fed?")
    await chat.hears("I did not understand that.")
    assert counted(deployment) == 1
    assert b"canary" not in deployment.bot.metrics.exposition()
    await chat.taps("Ask the team")
    said = await chat.hears("I have noted that for the team")
    (number,) = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", said.text)
    assert await deployment.case_is(number, "open")
    assert counted(deployment) == 1


async def test_the_count_of_a_day_stays_for_a_week(either: Databases) -> None:
    """Each text counts once, a picture or a known word does not, and then the day is forgotten."""
    async with deployed(either) as deployment:
        chat = deployment.person()
        for text in ("qwertz", "help", "asdf"):
            await chat.says(text)
            await chat.hears()
        await deployment.simulator.send_attachment(chat.psid, "image")
        await chat.hears()
        store = deployment.bot.store
        assert (await count(store, now_ms=deployment.clock.now_ms())).unknown == 2
        deployment.clock.move(8 * 86_400)

        async def is_forgotten() -> bool:
            async with store.read() as tx:
                return not (await tx.execute(unknown_texts.select())).all()

        await deployment.until(is_forgotten)


async def test_a_code_leads_somebody_new_to_its_opt_in(deployment: Deployment) -> None:
    """With "Get started", in the language of the code, about its purpose and no other."""
    chat = deployment.person()
    await deployment.simulator.arrive(chat.psid, scanned("de", "appeals"))
    asked = await chat.hears("Aufrufe, etwa einmal im Monat.")
    assert "automatischer Bot" in asked.text
    await _keeps_no_reference(deployment, chat)
    await chat.taps("Ja")
    await chat.hears("Sie erhalten: Aufrufe.")
    await deployment.until(lambda: deployment.has_granted(chat.psid, {"appeals"}))


async def test_a_code_leads_somebody_known_to_its_opt_in(deployment: Deployment) -> None:
    """Out of whatever is open, in the language they have."""
    chat = deployment.person()
    await chat.says("language")
    await chat.hears("Which language")
    await deployment.simulator.arrive(chat.psid, scanned("de", "appeals"))
    await chat.hears("Appeals, about once a month.")
    await chat.taps("No")
    await chat.hears("Noted: no")
    await deployment.until(lambda: deployment.has_granted(chat.psid, set()))


async def test_a_strange_reference_is_a_plain_start(deployment: Deployment) -> None:
    """Nobody who writes a link of their own gets anything else."""
    for ref in ("de-payments", "go:stop", "{controller}"):
        chat = deployment.person()
        await deployment.simulator.arrive(chat.psid, ref)
        said = await chat.hears()
        assert ref not in said.text
        assert said.text.startswith(("Hello!", "Guten Tag!", "Hallo!"))


async def _keeps_no_reference(deployment: Deployment, chat: Chat) -> None:
    """Look into what is kept of a person: which purpose is asked about, and no reference."""
    await deployment.until(deployment.inbox_is_empty)
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.read() as tx:
        person = await store.people.get(tx, (await store.people.find(tx, [lookup]))[lookup])
    assert person is not None
    assert person.state is not None
    assert b"appeals" in person.state
    assert b"de-appeals" not in person.state
