"""Takes the pictures of docs/first-hour.md: `python -m tests.browser.first_hour`."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

from playwright.async_api import Page

from bot.demo import PORTS, free_ports
from tests.browser.chromium import HOW_TO_GET_ONE, chromium, find_chromium
from tests.browser.column import Column, add_person, newest_column
from tests.kit.deployment import APP_ID, APP_SECRET, PAGE
from tests.kit.newcomer import Newcomer, Running, untouched_messenger
from tests.kit.scanner import scan

ROOT: Final = Path(__file__).parents[2]
PICTURES: Final = ROOT / "docs" / "images"
_GUIDE: Final = ROOT / "docs" / "first-hour.md"


def answers_of_the_guide() -> str:
    """Return the `[[answers]]` that the guide adds to the configuration."""
    _, _, rest = _GUIDE.read_text(encoding="utf-8").partition("```toml\n")
    return f"\n{rest.partition('```')[0]}"


async def _take(path: str) -> None:
    messenger = untouched_messenger()
    await messenger.start()
    with TemporaryDirectory(prefix="chatmagico-") as folder:
        newcomer = Newcomer(Path(folder), messenger, port=free_ports(PORTS).bot)
        await newcomer.begins()
        with newcomer.config.open("a", encoding="utf-8") as config:
            config.write(answers_of_the_guide())
        connecting = await newcomer.starts("connect", "--page", PAGE)
        await connecting.types(APP_ID, APP_SECRET, messenger.log_in())
        await connecting.says("Now the bot has to run", timeout_s=60)
        serving = await newcomer.starts("serve")
        try:
            await connecting.says("Now write any message", timeout_s=60)
            async with chromium(path) as browser:
                page = await browser.new_page(
                    viewport={"width": 460, "height": 720}, color_scheme="light", locale="en-GB"
                )
                await page.goto(messenger.url)
                await _first_message(page, connecting)
                await _opt_in(page, newcomer)
        finally:
            await serving.stop()
            await messenger.stop()


async def _first_message(page: Page, connecting: Running) -> None:
    chat = await add_person(page, locale="en_GB")
    await chat.starter("When is the next meeting?").wait_for()
    await _picture(chat, "first-hour-before.png")
    await chat.says("Hello")
    await chat.hears("automated bot")
    await connecting.ends()
    await page.set_viewport_size({"width": 460, "height": 880})
    await chat.says("When is your next meeting, please?")
    await chat.hears("On the first Tuesday")
    await _picture(chat, "first-hour-answer.png")


async def _opt_in(page: Page, newcomer: Newcomer) -> None:
    code = PICTURES / "first-hour-code.png"
    link = ("profile", "link", "--purpose", "news", "--language", "de", "--png", str(code))
    printing = await newcomer.starts(*link)
    await printing.ends()
    followed = urlsplit(scan(code.read_bytes()))
    await page.goto(f"{newcomer.simulator.url}{followed.path}?{followed.query}")
    chat = await newest_column(page, 1)
    await chat.hears("mindestens 16")
    await chat.taps("Ja")
    await chat.hears("Dürfen wir Ihnen das senden?")
    await _picture(chat, "first-hour-opt-in.png")


async def _picture(chat: Column, name: str) -> None:
    await chat.root.evaluate("() => document.activeElement.blur()")
    await chat.root.screenshot(path=PICTURES / name)


def main() -> None:
    """Take the pictures, where there is a Chromium."""
    path = find_chromium()
    if path is None:
        sys.exit(HOW_TO_GET_ONE)
    asyncio.run(_take(path))


if __name__ == "__main__":
    main()
