"""A Chromium beside the demo: bot and Messenger as `make demo` starts them."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from bot.demo import Demo, demonstrating, free_ports
from bot.sample import Ports

_NAMES = ("chromium", "chromium-browser", "google-chrome")
#: No sandbox, because a container may forbid it; the rest keeps Chromium off the network.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str:
    """Return the path of this machine's Chromium, or skip the test and say what to install."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(
            "no Chromium on this machine: install it (Debian, Ubuntu: apt-get install chromium)"
        )
    return found


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """Run the demo on free ports, with its data in a folder of its own."""
    async with demonstrating(tmp_path, free_ports(Ports(0, 0, 0))) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Start a Chromium without windows."""
    path = find_chromium()
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest.fixture
async def page(browser: Browser, demo: Demo) -> AsyncIterator[Page]:
    """Open the chat page; a fault in its scripts fails the test."""
    context = await browser.new_context(viewport={"width": 1100, "height": 800}, locale="en-GB")
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    await page.goto(demo.simulator.url)
    yield page
    await context.close()
    assert not faults
