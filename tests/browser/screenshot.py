"""Takes the README's picture of the demo: `python -m tests.browser.screenshot`."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.async_api import Page

from bot.demo import demonstrating, free_ports
from bot.sample import Ports
from tests.browser.chromium import HOW_TO_GET_ONE, chromium, find_chromium
from tests.browser.column import add_person

PICTURE: Final = Path(__file__).parents[2] / "docs" / "images" / "demo.png"


async def _chat(page: Page) -> None:
    """Let one person be told and asked in English, and another one agree and stop in German."""
    english = await add_person(page, locale="en_GB")
    german = await add_person(page, locale="de_DE")
    await english.says("Hello")
    await english.hears("automated bot")
    await english.taps("News")
    await english.hears("Are you at least")
    await english.taps("Yes")
    await english.hears("May we send")
    await german.starter("Ich möchte Neuigkeiten erhalten.").click()
    for question in ("mindestens 16", "Dürfen wir", "Dürfen wir"):
        await german.hears(question)
        await german.taps("Ja")
    await german.hears("Sie erhalten")
    await german.says("Stopp")
    await german.hears("nicht mehr")


async def _take(path: str) -> None:
    with TemporaryDirectory(prefix="chatmagico-") as folder:
        async with (
            demonstrating(Path(folder), free_ports(Ports(0, 0, 0))) as demo,
            chromium(path) as browser,
        ):
            page = await browser.new_page(
                viewport={"width": 980, "height": 1060}, color_scheme="light", locale="en-GB"
            )
            await page.goto(demo.simulator.url)
            await _chat(page)
            await page.mouse.move(0, 0)
            await page.locator("body").evaluate("() => document.activeElement.blur()")
            await page.screenshot(path=PICTURE)


def main() -> None:
    """Take the picture, where there is a Chromium."""
    path = find_chromium()
    if path is None:
        sys.exit(HOW_TO_GET_ONE)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(_take(path))


if __name__ == "__main__":
    main()
