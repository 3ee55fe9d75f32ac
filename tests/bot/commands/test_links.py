"""`profile link`: links and QR codes that lead to an opt-in."""

from tests.bot.commands.conftest import Operator
from tests.kit.deployment import PAGE, PAGES
from tests.kit.scanner import scan

LANGUAGES = ("en", "de", "fr", "es", "it", "pl")


async def test_every_page_purpose_and_language_has_a_link(operator: Operator) -> None:
    """One a line; so many codes would be of no use in a terminal."""
    ended = await operator.runs("profile", "link")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.split() == [
        f"https://m.me/{page.id}?ref={language}-news" for page in PAGES for language in LANGUAGES
    ]


async def test_one_link_comes_with_its_code(operator: Operator) -> None:
    """In the terminal, and as files that a phone and a printer read."""
    png, svg = operator.folder / "code.png", operator.folder / "code.svg"
    one = ("--page", PAGE, "--purpose", "news", "--language", "de")
    ended = await operator.runs("profile", "link", *one, "--png", str(png), "--svg", str(svg))
    assert ended.code == 0
    url, *code = ended.out.splitlines()
    assert url == f"https://m.me/{PAGE}?ref=de-news"
    assert any("▀" in line for line in code)
    assert scan(png.read_bytes()) == url
    assert svg.read_text(encoding="utf-8").lstrip().startswith("<?xml")


async def test_a_file_takes_one_link(operator: Operator) -> None:
    """The advice says how many were meant, and what to name."""
    file = operator.folder / "code.png"
    ended = await operator.runs("profile", "link", "--language", "de", "--png", str(file))
    assert ended.code == 2
    assert "these are 2" in ended.err
    assert not file.exists()


async def test_what_is_not_configured_has_no_link(operator: Operator) -> None:
    """A misspelled purpose must not end up on a poster."""
    for wish in (("--purpose", "newz"), ("--language", "xx"), ("--page", "1")):
        ended = await operator.runs("profile", "link", *wish)
        assert (ended.code, ended.out) == (2, "")


async def test_without_purposes_a_link_says_its_language(operator: Operator) -> None:
    """There is no opt-in that it could lead to."""
    operator.writes_config(purposes=[])
    ended = await operator.runs("profile", "link", "--page", PAGE, "--language", "fr")
    assert ended.out.splitlines()[0] == f"https://m.me/{PAGE}?ref=fr"
