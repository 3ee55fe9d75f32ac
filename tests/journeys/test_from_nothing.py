"""From an empty folder to a Page that answers, as somebody new does it: with the real commands."""

import stat
import tomllib
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.outbound.subscribing import NEEDED
from tests.kit.chat import Chat
from tests.kit.deployment import APP_ID, APP_SECRET, PAGE, PAGES
from tests.kit.newcomer import Newcomer, newcomer
from tests.kit.patience import PATIENCE_S
from tests.kit.scanner import scan

pytestmark = pytest.mark.long

__all__ = ["newcomer"]

#: With time to start: a new process imports everything anew.
_ANSWER = """
[[answers]]
words = ["next meeting"]
text = "On the first Tuesday."
[answers.de]
words = ["nächstes Treffen"]
text = "Am ersten Dienstag."
"""
_ANSWERS = ("Garden and Book Club", "1 Example Street, 10000 Example Town", "club@example.org")


async def test_an_empty_folder_becomes_a_page_that_answers(newcomer: Newcomer) -> None:
    """`init`, `connect`, `serve` while it waits; then the first message gets its answer."""
    beginning = await newcomer.starts("init")
    await beginning.types(*_ANSWERS, newcomer.url, "Garden Club", "Europe/Berlin", "en,de", "")
    assert await beginning.ends() == 0, beginning.said
    newcomer.points_here()
    with newcomer.config.open("a", encoding="utf-8") as config:
        config.write(_ANSWER)
    simulator = newcomer.simulator
    connecting = await newcomer.starts("connect", "--page", PAGE)
    await connecting.types(APP_ID, APP_SECRET, simulator.log_in())
    await connecting.says("Now the bot has to run")
    serving = await newcomer.starts("serve")
    await connecting.says("Now write any message")
    chat = Chat(simulator, simulator.add_person(PAGE))
    await chat.says("Hello")
    await chat.hears("Garden and Book Club keeps your Messenger id", timeout_s=PATIENCE_S)
    assert await connecting.ends() == 0, connecting.said
    assert "Garden Club is connected" in connecting.said
    assert simulator.pages[PAGE].fields == simulator.app_fields == set(NEEDED)
    assert "greeting" in simulator.pages[PAGE].profile.everything()
    await chat.says("When is your next meeting, please?")
    await chat.hears("On the first Tuesday.", timeout_s=PATIENCE_S)
    await _leads_to_an_opt_in(newcomer)
    await _runs_again(newcomer)
    await serving.stop()
    _is_kept_well(newcomer)
    for said in (connecting.said, serving.said):
        assert APP_SECRET not in said
        assert PAGES[0].access_token not in said


async def _leads_to_an_opt_in(newcomer: Newcomer) -> None:
    """Print the code of a poster, read it as a phone does, and follow it."""
    picture = newcomer.folder / "poster.png"
    link = ("profile", "link", "--purpose", "news", "--language", "de")
    printing = await newcomer.starts(*link, "--png", str(picture))
    assert await printing.ends() == 0, printing.said
    (reference,) = parse_qs(urlsplit(scan(picture.read_bytes())).query)["ref"]
    chat = Chat(newcomer.simulator, newcomer.simulator.add_person(PAGE))
    await newcomer.simulator.arrive(chat.psid, reference)
    told = await chat.hears("Ich bin ein automatischer Bot", timeout_s=PATIENCE_S)
    assert told.text.endswith("Sind Sie mindestens 16 Jahre alt?")
    await chat.taps("Ja")
    await chat.hears("Dürfen wir Ihnen das senden?", timeout_s=PATIENCE_S)


async def _runs_again(newcomer: Newcomer) -> None:
    """Once more, with nothing to type: what is there is not asked for, and stays as it is."""
    before = newcomer.config.read_bytes()
    again = await newcomer.starts("connect")
    await again.says("Now write any message")
    chat = Chat(newcomer.simulator, newcomer.simulator.add_person(PAGE))
    await chat.says("Hello")
    assert await again.ends() == 0, again.said
    assert "nothing to change" in again.said
    assert newcomer.config.read_bytes() == before


def _is_kept_well(newcomer: Newcomer) -> None:
    """Every secret stands in a file of its owner's, and none in the configuration."""
    folders = ("data", "keys", "secrets")
    for path in (found for name in folders for found in (newcomer.folder / name).rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name
    text = newcomer.config.read_text(encoding="utf-8")
    assert APP_SECRET not in text
    assert PAGES[0].access_token not in text
    page = tomllib.loads(text)["pages"][0]
    assert (page["id"], page["name"]) == (PAGE, "Garden Club")
