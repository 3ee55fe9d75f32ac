"""The page on which one detail is given."""

import re

import pytest

from bot.pages.detail import Asked
from storage.details import FIELDS, Field

from .conftest import LANGUAGES, Reader

GOOD: dict[Field, str] = {
    "name": "Anna Muster",
    "email": "anna@example.org",
    "phone": "+49 30 901820",
    "time_zone": "Europe/Berlin",
}


def opened(reader: Reader, name: Field = "email", language: str = "") -> str:
    """Open a link for a detail; return its path."""
    reader.counter.open["t0ken"] = Asked(name, ("news",), language)
    return "/detail/t0ken"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIELDS)
async def test_it_asks_for_one_thing_and_says_why(
    reader: Reader, name: Field, language: str
) -> None:
    """One labelled field with a hint, in the language of the chat; nothing runs or is loaded."""
    answer = await reader.get(opened(reader, name, language))
    assert answer.status == 200
    assert answer.headers["Content-Language"] == language
    assert ("Monatsbrief" if language == "de" else "Monthly news") in answer.text
    assert len(re.findall(r'<(?:input|select) id="value"', answer.html)) == 1
    assert '<label for="value">' in answer.html
    assert 'aria-describedby="hint"' in answer.html
    assert not re.search(r"<(script|style|img|iframe)\b|\s(on\w+|style|src)=", answer.html)


async def test_the_visit_stays_with_the_person(reader: Reader) -> None:
    """No copy is kept, nobody learns of the address, the form leads here only, no cookie is set."""
    headers = (await reader.get(opened(reader))).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("name", FIELDS)
async def test_a_value_is_taken_once(reader: Reader, name: Field) -> None:
    """It is not shown again, and the page says how to change it later."""
    path = opened(reader, name)
    done = await reader.post(path, {"value": GOOD[name]})
    assert done.status == 200
    assert "CORRECT" in done.text
    assert GOOD[name] not in done.html
    assert reader.counter.taken == {name: GOOD[name]}
    assert (await reader.post(path, {"value": GOOD[name]})).status == 410


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "typed"), [("email", "a <b>"), ("phone", "030 12"), ("name", "")])
async def test_a_slip_is_told_and_spends_nothing(
    reader: Reader, name: Field, typed: str, language: str
) -> None:
    """The form comes again, with what was typed, which can't become markup."""
    path = opened(reader, name, language)
    again = await reader.post(path, {"value": typed})
    assert again.status == 400
    assert 'role="alert"' in again.html
    assert "<b>" not in again.html
    assert (await reader.post(path, {"value": GOOD[name]})).status == 200


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_link_that_is_over_says_how_to_get_a_new_one(reader: Reader, language: str) -> None:
    """Whether it never was, is spent or expired: the page does not tell them apart."""
    for answer in (
        await reader.get(f"/detail/never?lang={language}"),
        await reader.post(f"/detail/never?lang={language}", {"value": "x"}),
    ):
        assert answer.status == 410
        assert answer.headers["Content-Language"] == language
        assert "<form" not in answer.html


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"other=1", b"value=" + b"x" * 20_000])
async def test_what_is_no_form_of_ours_is_a_slip(reader: Reader, body: bytes) -> None:
    """Nothing of it is kept, and the link stays good."""
    path = opened(reader)
    assert (await reader.post(path, body)).status == 400
    assert reader.counter.taken == {}
    assert (await reader.get(path)).status == 200


async def test_a_database_that_is_away_is_not_the_persons_fault(reader: Reader) -> None:
    """The page says so, and when to come again."""
    path = opened(reader)
    reader.counter.is_down = True
    for answer in (await reader.get(path), await reader.post(path, {"value": GOOD["email"]})):
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "60"
    reader.counter.is_down = False
    assert (await reader.post(path, {"value": GOOD["email"]})).status == 200
