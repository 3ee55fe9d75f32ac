"""How to have everything erased, and what became of it."""

import pytest

from bot.pages.press import TEMPLATES
from bot.pages.texts import Voice
from flows.words import as_shown
from storage.tellings import State, Told

from .conftest import LANGUAGES, Opening, Reader

NUMBER = "7KQ2M4XD9TRA"
STATUSES = ("ordered", "done", "callback")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_says_how_to_erase_everything(reader: Reader, language: str) -> None:
    """The word in the page's language and in every other, what goes, and whom to write to."""
    answer = await reader.get(f"/data-deletion?lang={language}")
    assert answer.status == 200
    assert answer.html.count(f"<strong>{as_shown('delete_me', language)}</strong>") == 3
    for code in LANGUAGES:
        assert as_shown("delete_me", code) in answer.text
    for said in ("Messenger", "Facebook", "STOP", "privacy@example.org"):
        assert said in answer.text, said
    assert f'href="/bot/privacy?lang={language}"' in answer.html


@pytest.mark.parametrize("rotate_days", [0, 30])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_says_what_we_cannot_reach(
    open_pages: Opening, language: str, rotate_days: int
) -> None:
    """Meta's copy, the Page inbox, files that were sent, and backups; as the notice does."""
    keys = {"rotate_days": rotate_days, "backup_days": 14}
    reader = await open_pages(controller={"name": "{controller}"}, keys=keys)
    notice = (await reader.get(f"/privacy?lang={language}")).text
    told = (await reader.get(f"/data-deletion?lang={language}")).text
    lines = (TEMPLATES / "copies.html").read_text(encoding="utf-8").splitlines()
    *texts, dark, aged = [line.split('"')[1] for line in lines if "_(" in line]
    assert len(texts) == 3
    voice = Voice(language)
    for text in (*texts, dark if rotate_days else aged):
        said = voice.say(text, controller="{controller}", time=voice.days(45)).unescape()
        here = " ".join(said.split())
        assert here in told, text
        assert here in notice, text


async def test_only_offered_languages_are_listed(open_pages: Opening) -> None:
    """With a single one there is no list."""
    reader = await open_pages(languages={"default": "de", "offered": ["de"]})
    told = (await reader.get("/data-deletion")).text
    assert "LÖSCHEN" in told
    assert "DELETE ME" not in told


async def test_the_page_may_be_kept_and_found(reader: Reader) -> None:
    """It is one of the lasting pages: with a version, and in each language for search engines."""
    answer = await reader.get("/data-deletion?lang=en")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "noindex" not in answer.html
    assert "/bot/data-deletion?lang=pl" in answer.html
    assert "Version " in answer.text


async def test_every_page_leads_there(reader: Reader) -> None:
    """From the foot of the others; not from its own."""
    link = 'href="/bot/data-deletion?lang=en"'
    for path in ("/privacy", "/terms", "/nothing", "/deletion/NEVER"):
        assert link in (await reader.get(f"{path}?lang=en")).html, path
    assert link not in (await reader.get("/data-deletion?lang=en")).html


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_status_has_words_of_its_own(reader: Reader, language: str) -> None:
    """Four pages, each in the language, none with the number in it."""
    pages = {"unknown": await reader.get(f"/deletion/{NUMBER}?lang={language}")}
    for status in STATUSES:
        reader.ledger.known[NUMBER] = status
        pages[status] = await reader.get(f"/deletion/{NUMBER}?lang={language}")
    assert [answer.status for answer in pages.values()] == [404, 200, 200, 200]
    assert len({answer.text for answer in pages.values()}) == 4
    for answer in pages.values():
        assert answer.headers["Content-Language"] == language
        assert NUMBER not in answer.html


async def test_a_receipt_is_told_of_in_plain_words(reader: Reader) -> None:
    """First that it is being done, then that it is."""
    reader.ledger.known[NUMBER] = "ordered"
    assert "is being erased" in (await reader.get(f"/deletion/{NUMBER}?lang=en")).text
    reader.ledger.known[NUMBER] = "done"
    told = (await reader.get(f"/deletion/{NUMBER}?lang=en")).text
    assert "Everything that was kept of you here is gone" in told
    assert "What we cannot reach" in told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", ["ordered", "done"])
async def test_each_recipient_stands_there_with_how_far_it_is(
    reader: Reader, language: str, status: str
) -> None:
    """Confirmed, waiting, given up or by hand: each in words of its own, with the day."""
    reader.ledger.known[NUMBER] = status
    states: tuple[State, ...] = ("confirmed", "waiting", "given_up", "by_hand")
    reader.ledger.recipients = [Told(f"Example <{state}>", state, 0) for state in states]
    answer = await reader.get(f"/deletion/{NUMBER}?lang={language}")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.count("1970-01-01") == 3
    said = [answer.text.partition(f"Example <{state}>")[2][:40] for state in states]
    assert len(set(said)) == 4
    assert NUMBER not in answer.html
    everything = Voice(language).say(
        "Everything that was kept of you here is gone, and the key that opened it too."
    )
    assert everything.unescape() not in answer.text
    reader.ledger.recipients = reader.ledger.recipients[:1]
    answer = await reader.get(f"/deletion/{NUMBER}?lang={language}")
    assert (everything.unescape() in answer.text) is (status == "done")


@pytest.mark.parametrize("typed", [NUMBER, "7KQ2-M4XD-9TRA", "7kq2-m4xd-9tra", "-7kq2m4xd9TRA-"])
async def test_capitals_and_dashes_do_not_matter(reader: Reader, typed: str) -> None:
    """However a person copies the number."""
    reader.ledger.known[NUMBER] = "done"
    assert (await reader.get(f"/deletion/{typed}")).status == 200


@pytest.mark.parametrize(
    "typed",
    [
        *("NEVER", "7KQ2M4XD9TR", "---", "%C3%9F", "%C5%BF", "%D9%A3"),
        *("%00", "%3Cb%3E", "A%0AB", "A B"),
        "A" * 1000,
    ],
)
async def test_an_unknown_number_is_not_known_and_that_is_all(reader: Reader, typed: str) -> None:
    """It gets the same page whatever it is, and nothing of it is repeated."""
    reader.ledger.known["SS"] = reader.ledger.known["S"] = "done"
    never = await reader.get("/deletion/ANOTHER?lang=en")
    answer = await reader.get(f"/deletion/{typed}?lang=en")
    assert (answer.status, answer.html) == (404, never.html)
    assert "This number is not known here" in answer.text


@pytest.mark.parametrize("status", [*STATUSES, "unknown", "later"])
async def test_a_status_is_stored_nowhere(reader: Reader, status: str) -> None:
    """Not on the way, not by search engines; and the address is told to nobody."""
    if status in STATUSES:
        reader.ledger.known[NUMBER] = status
    reader.ledger.is_down = status == "later"
    answer = await reader.get(f"/deletion/{NUMBER}", X_Forwarded_Proto="https")
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in answer.html
    assert 'rel="alternate"' not in answer.html
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Strict-Transport-Security"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_database_that_is_down_gets_a_page_too(reader: Reader, language: str) -> None:
    """It says that nothing is lost, and that it is worth coming back."""
    reader.ledger.is_down = True
    answer = await reader.get(f"/deletion/{NUMBER}?lang={language}")
    assert answer.status == 503
    assert f'<html lang="{language}">' in answer.html


@pytest.mark.parametrize("status", [*STATUSES, "unknown"])
async def test_a_receipt_has_its_proof_behind_a_link(reader: Reader, status: str) -> None:
    """Ordered or done, the page leads to a file; there is none for anything else."""
    if status in STATUSES:
        reader.ledger.known[NUMBER] = status
    has_proof = status in {"ordered", "done"}
    page = await reader.get(f"/deletion/{NUMBER}?lang=en")
    assert ('href="?proof"' in page.html) is has_proof
    file = await reader.get(f"/deletion/{NUMBER}?proof")
    assert file.status == (200 if has_proof else 404)
    assert file.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in file.headers


async def test_a_proof_that_cannot_be_made_now_is_worth_coming_back_for(reader: Reader) -> None:
    """While the database is down, a page says so."""
    reader.ledger.is_down = True
    assert (await reader.get(f"/deletion/{NUMBER}?proof")).status == 503
