"""The pages as a browser shows them: on a small phone, by day and by night."""

from typing import Literal

import pytest

from bot.pages.detail import Asked
from storage.details import FIELDS
from tests.browser.chromium import HOW_TO_GET_ONE, chromium, find_chromium

from .conftest import LANGUAGES, Opening

#: The narrowest phone still in use, in CSS pixels.
NARROW = 320
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
WIDTH = "document.documentElement.scrollWidth"

NAMED = ("privacy", "terms", "data-deletion", "deletion/code")

Scheme = Literal["light", "dark"]
SCHEMES: dict[Scheme, str] = {"light": "rgb(246, 247, 244)", "dark": "rgb(16, 21, 19)"}


@pytest.mark.browser
@pytest.mark.parametrize("scheme", SCHEMES)
async def test_pages_fit_a_small_phone(open_pages: Opening, scheme: Scheme) -> None:
    """Nothing is cut off, the style is let in, and the browser has nothing to complain of."""
    path = find_chromium()
    if path is None:
        pytest.skip(HOW_TO_GET_ONE)
    reader = await open_pages(server={})  # without a proxy that takes a path away
    reader.ledger.known["CODE"] = "callback"
    reader.counter.open |= {name: Asked(name, ("news",)) for name in FIELDS}
    complaints: list[str] = []
    async with chromium(path) as browser:
        page = await browser.new_page(
            viewport={"width": NARROW, "height": 700}, color_scheme=scheme
        )
        page.on("console", lambda message: complaints.append(message.text))
        for language in LANGUAGES:
            for name in (*NAMED, *(f"detail/{name}" for name in FIELDS)):
                await page.goto(str(reader.client.make_url(f"/{name}?lang={language}")))
                assert await page.evaluate(WIDTH) == NARROW, (name, language)
                assert await page.evaluate(BACKGROUND) == SCHEMES[scheme]
    assert complaints == []
