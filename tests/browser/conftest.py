"""A Chromium beside the demo: bot and Messenger as `make demo` starts them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.demo import Demo, demonstrating, free_ports
from bot.sample import Ports
from tests.browser.chromium import HOW_TO_GET_ONE, chromium, find_chromium

#: More than enough for a busy machine; nothing waits longer than it has to.
expect.set_options(timeout=15_000)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Start a Chromium; without one the test is skipped, and says how to get one."""
    path = find_chromium()
    if path is None:
        pytest.skip(HOW_TO_GET_ONE)
    async with chromium(path) as running:
        yield running


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """Run the demo on free ports, with its data in a folder of its own."""
    async with demonstrating(tmp_path, free_ports(Ports(0, 0, 0))) as running:
        yield running


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
