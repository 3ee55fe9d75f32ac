"""A phone: narrow, touched, without script; it complains about nothing and keeps no cookie."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Locator, Page

#: The narrowest phone still in use, in CSS pixels.
NARROW = {"width": 320, "height": 640}
#: A thumb needs so much, in CSS pixels.
THUMB = 44


@asynccontextmanager
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """Open a page whose browser reads Polish, so that only the chat's language explains another."""
    context = await browser.new_context(
        viewport=NARROW, has_touch=True, is_mobile=True, locale="pl-PL", java_script_enabled=False
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    yield page
    assert await context.cookies() == []
    # That an answer says no by its status is meant so.
    assert [one for one in complaints if "responded with a status of 4" not in one] == []
    await context.close()


async def require_for_a_thumb(target: Locator) -> None:
    """Make sure that something is high enough for a thumb, and not cut off."""
    box = await target.bounding_box()
    assert box is not None
    assert box["height"] >= THUMB
    assert 0 <= box["x"] <= box["x"] + box["width"] <= NARROW["width"]
