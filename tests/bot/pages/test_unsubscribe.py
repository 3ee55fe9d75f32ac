"""The unsubscribe page: looking changes nothing, one tap ends it, and nobody is ever refused."""

from dataclasses import replace
from datetime import date

import pytest

from bot.pages import Subscription
from bot.pages.bodies import MAX_FORM_BYTES

from .conftest import LANGUAGES, Opening, Reader
from .test_doors import WellFormed

NEWS = Subscription("en", "Garden Club", about="", granted=("news",))
OPEN = "/unsubscribe/an-open-link"


@pytest.fixture
def subscribed(reader: Reader) -> Reader:
    """A reader with a link that is about everything they get."""
    reader.links.known["an-open-link"] = NEWS
    return reader


async def test_it_shows_what_somebody_gets_and_one_button(subscribed: Reader) -> None:
    """From whom, what, and the one way to end it; the form goes back to this very page."""
    answer = await subscribed.get(OPEN)
    assert answer.status == 200
    assert "From Garden Club you get:" in answer.text
    assert "Monthly news" in answer.text
    assert answer.html.count("<button") == 1
    assert '<form method="post">' in answer.html
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_previews_change_nothing(subscribed: Reader, method: str) -> None:
    """A hundred looks leave everything as it was."""
    for _ in range(100):
        assert (await subscribed.request(method, OPEN)).status == 200
    assert subscribed.links.known["an-open-link"] == NEWS


async def test_one_tap_ends_it_and_a_second_says_so(subscribed: Reader) -> None:
    """The link is not used up: it goes on telling the truth."""
    first = await subscribed.post(OPEN, {})
    assert first.status == 200
    assert "Done. From Garden Club you no longer get:" in first.text
    again = await subscribed.post(OPEN, {})
    assert again.status == 200
    assert "It had ended before." in again.text
    assert "<button" not in (await subscribed.get(OPEN)).html


async def test_a_mail_program_ends_it_with_one_click(subscribed: Reader) -> None:
    """The body of RFC 8058 is enough, as a form of either kind."""
    one_click = "List-Unsubscribe=One-Click"
    kind = "application/x-www-form-urlencoded"
    answer = await subscribed.post(OPEN, one_click, Content_Type=kind)
    assert "you no longer get:" in answer.text
    subscribed.links.known["an-open-link"] = NEWS
    parts = f'--b\r\nContent-Disposition: form-data; name="{one_click}"\r\n\r\n--b--\r\n'
    answer = await subscribed.post(OPEN, parts, Content_Type="multipart/form-data; boundary=b")
    assert "you no longer get:" in answer.text


async def test_it_ends_only_what_it_is_about(subscribed: Reader) -> None:
    """A link to one kind of news leaves the others, and says how to end them too."""
    subscribed.links.known["an-open-link"] = replace(NEWS, about="news", granted=("news", "old"))
    assert "You get other news too. STOP in the chat" in (await subscribed.get(OPEN)).text
    ended = await subscribed.post(OPEN, {})
    assert "You still get:" in ended.text
    assert "old" in ended.text  # what the configuration no longer names goes by its id


async def test_whoever_gets_nothing_more_is_told_when_their_data_goes(subscribed: Reader) -> None:
    """The day, and the word that does it at once."""
    subscribed.links.known["an-open-link"] = replace(NEWS, erased_on=date(2026, 12, 2))
    ended = await subscribed.post(OPEN, {})
    assert "due to be erased on 2026-12-02. DELETE ME in the chat" in ended.text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_to_nobody_is_answered_kindly(reader: Reader, method: str) -> None:
    """Whether it never was or its person is gone: nothing is sent, and STOP works in any case."""
    answer = await reader.request(method, "/unsubscribe/a-link-to-nobody")
    assert answer.status == 404
    assert "Whoever has none is sent nothing." in answer.text
    assert "write STOP in the chat" in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_database_that_is_down_is_said(reader: Reader, method: str) -> None:
    """Nothing has changed, and STOP is another way."""
    reader.links.is_down = True
    answer = await reader.request(method, OPEN)
    assert answer.status == 503
    assert "nothing has changed" in answer.text


async def test_a_large_body_is_refused(subscribed: Reader) -> None:
    """It ends nothing: no form of ours is that large."""
    assert (await subscribed.post(OPEN, b"x" * (MAX_FORM_BYTES + 1))).status == 413
    assert subscribed.links.known["an-open-link"] == NEWS


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_speaks_the_persons_language(subscribed: Reader, language: str) -> None:
    """Theirs before the browser's; what the address asks for before both."""
    subscribed.links.known["an-open-link"] = replace(NEWS, language=language)
    answer = await subscribed.get(OPEN, Accept_Language="es")
    assert answer.headers["Content-Language"] == language
    assert WellFormed.holds(answer.html)
    ended = await subscribed.post(OPEN, {})
    assert ended.headers["Content-Language"] == language
    assert WellFormed.holds(ended.html)
    assert (await subscribed.get(f"{OPEN}?lang=pl")).headers["Content-Language"] == "pl"


async def test_configured_names_are_text(open_pages: Opening) -> None:
    """Markup in a Page's name or a purpose's title is shown, not run."""
    nasty = "<b onclick='x'>{}"
    reader = await open_pages(
        controller={"name": nasty},
        purposes=[{"id": "news", "class": "marketing", "title": nasty, "text": nasty}],
    )
    reader.links.known["an-open-link"] = replace(NEWS, page_name=nasty)
    for answer in (await reader.get(OPEN), await reader.post(OPEN, {})):
        assert "<b onclick" not in answer.html
        assert nasty in answer.text
        assert WellFormed.holds(answer.html)
