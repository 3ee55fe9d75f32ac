"""What the pages answer, over HTTP: languages, headers, and nothing that follows anybody."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from .conftest import LANGUAGES, Opening, Reader

NAMED = ("/privacy", "/terms", "/data-deletion", "/deletion/NEVER", "/nothing")
PATHS = (*NAMED, "/static/page.css")


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_is_guarded(reader: Reader, path: str) -> None:
    """Nothing but our own style is loaded, nobody frames the page, nobody learns of the visit."""
    headers = (await reader.get(path)).headers
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "style-src 'self'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Server"] == "chatmagico"


@pytest.mark.parametrize("path", PATHS)
async def test_no_answer_sets_a_cookie(reader: Reader, path: str) -> None:
    """Also when a cookie and a language are sent along."""
    headers = (await reader.get(f"{path}?lang=de", Cookie="visited=1")).headers
    assert "Set-Cookie" not in headers


async def test_https_is_kept_to_for_two_years(reader: Reader) -> None:
    """Only over https, also where a proxy ended it."""
    by_https = (await reader.get("/privacy", X_Forwarded_Proto="https")).headers
    assert by_https["Strict-Transport-Security"] == "max-age=63072000"
    in_the_clear = (await reader.get("/privacy")).headers
    assert "Strict-Transport-Security" not in in_the_clear


@pytest.mark.parametrize("path", NAMED)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_is_in_every_language(reader: Reader, path: str, language: str) -> None:
    """The one that the address asks for wins over the browser's."""
    answer = await reader.get(f"{path}?lang={language}", Accept_Language="es")
    assert f'<html lang="{language}">' in answer.html
    assert answer.headers["Content-Language"] == language


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de", "de"),
        ("fr-CA, en;q=0.5", "fr"),
        ("en;q=0.3, pl;q=0.9, de;q=0.5", "pl"),
        ("IT-it", "it"),
        ("sv, es;q=0.2", "es"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("sv", "en"),
        ("*", "en"),
        ("", "en"),
        ("de;q=much, ,;;=,fr;q=0.1", "fr"),
        ("de;q=nan, fr;q=inf, pl;q=9", "en"),
        ("<b>,%00", "en"),
    ],
)
async def test_the_browser_says_which_language(
    reader: Reader, accepted: str, language: str
) -> None:
    """By weight; whatever is not offered or not readable is passed over."""
    answer = await reader.get("/privacy?lang=sv", Accept_Language=accepted)
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Vary"] == "Accept-Language"


async def test_only_what_is_offered_is_shown(open_pages: Opening) -> None:
    """The default of the settings, and no switch where there is nothing to switch."""
    reader = await open_pages(
        languages={"default": "de", "offered": ["de"]},
    )
    answer = await reader.get("/privacy?lang=en", Accept_Language="en")
    assert answer.headers["Content-Language"] == "de"
    assert 'class="languages"' not in answer.html


async def test_the_languages_link_to_each_other(reader: Reader) -> None:
    """For people as links, for machines with the whole address."""
    html = (await reader.get("/terms?lang=fr")).html
    for code in LANGUAGES:
        address = f"http://127.0.0.1:8080/bot/terms?lang={code}"
        assert f'<link rel="alternate" hreflang="{code}" href="{address}">' in html
        assert f'<a href="?lang={code}" lang="{code}" hreflang="{code}"' in html
    assert html.count('aria-current="true"') == 1


async def test_there_is_no_script_and_nothing_from_elsewhere(reader: Reader) -> None:
    """No script, no style of its own, no image; the only thing loaded is our style sheet."""
    for path in NAMED:
        html = (await reader.get(path)).html
        assert not re.search(r"<(script|style|img|iframe|object|form)\b|\s(on\w+|style|src)=", html)
        loaded = re.findall(r'<link rel="stylesheet" href="([^"]+)">', html)
        assert [re.sub(r"[0-9a-f]{12}$", "", address) for address in loaded] == [
            "/bot/static/page.css?v="
        ]


async def test_the_style_sheet_is_served(reader: Reader) -> None:
    """As what it is, and kept for a day: its address changes with it."""
    answer = await reader.get("/static/page.css?v=1")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/css")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


async def test_an_unknown_address_gets_a_plain_page(reader: Reader) -> None:
    """It leads to the pages there are, repeats nothing of the address, and is not stored."""
    answer = await reader.get("/<script>alert(1)</script>?lang=%3Cb%3E")
    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'href="/bot/privacy?lang=en"' in answer.html
    assert "alert" not in answer.html


async def test_configured_texts_are_text(open_pages: Opening) -> None:
    """Markup in a name, a text or an address is shown, not run."""
    nasty = "<b onclick='x'>\"&{{ 7*7 }}{n}%s</b>"
    reader = await open_pages(
        pages=[{"id": "1", "name": nasty, "access_token": "t"}],
        controller=dict.fromkeys(("name", "address", "email", "dpo", "authority"), nasty)
        | {"imprint_url": "javascript:alert(1)"},
        purposes=[{"id": "news", "class": "service", "title": "<i>\"'&", "text": nasty}],
        recipients=[{"name": nasty, "role": nasty, "country": "ZZ"}],
    )
    for path in ("/privacy", "/terms", "/nothing"):
        answer = await reader.get(path)
        assert not re.search(r"<[bi] onclick|<[bi]>", answer.html)
        assert "javascript:alert(1)" in answer.text
        assert 'href="javascript' not in answer.html
        assert nasty in answer.text
        assert WellFormed.holds(answer.html)


@pytest.mark.parametrize("path", NAMED)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_pages_are_well_formed(reader: Reader, path: str, language: str) -> None:
    """Elements are closed, ids are unique, and headings step down one level at a time."""
    html = (await reader.get(f"{path}?lang={language}")).html
    assert WellFormed.holds(html)
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


class WellFormed(HTMLParser):
    """Notices an element that is not closed in its turn."""

    VOID = frozenset({"meta", "link", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.is_broken = False

    @classmethod
    def holds(cls, html: str) -> bool:
        """Tell whether every element of a page is closed."""
        parser = cls()
        parser.feed(html)
        return not parser.open and not parser.is_broken

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        del attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        self.is_broken |= not self.open or self.open.pop() != tag
