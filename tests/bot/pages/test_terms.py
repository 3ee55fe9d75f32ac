"""The terms are short, dated, and extract nothing."""

import hashlib
import re

import pytest

from bot.pages.press import TEMPLATES, TERMS_DATED

from .conftest import LANGUAGES, Reader

#: The words of the terms when TERMS_DATED was last set.
WORDS = "89c6bcb810a8"


def test_the_date_is_that_of_the_words() -> None:
    """Whoever changes the text sets TERMS_DATED, and this hash with it."""
    source = (TEMPLATES / "terms.html").read_text(encoding="utf-8")
    words = "\n".join(re.findall(r'_\("([^"]+)"', source))
    assert hashlib.sha256(words.encode()).hexdigest()[:12] == WORDS, TERMS_DATED


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_people_need_to_know_is_there(reader: Reader, language: str) -> None:
    """Who, how to end it, whom to call, from what date, from what age."""
    answer = await reader.get(f"/terms?lang={language}")
    for said in ("Example Gardeners", "STOP", "START", "112", "17", "Messenger", TERMS_DATED):
        assert said in answer.text, said
    assert f'href="/bot/privacy?lang={language}"' in answer.html


async def test_no_acceptance_is_extracted(reader: Reader) -> None:
    """There is nothing to tick, to press or to send."""
    html = (await reader.get("/terms?lang=en")).html
    assert not re.search(r"<(form|input|button)\b", html)
    assert "To nothing, by reading this or by writing to the bot." in html
