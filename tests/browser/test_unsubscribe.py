"""The unsubscribe page on a phone, without script, with the real bot behind it."""

import pytest
from playwright.async_api import Browser, expect

from flows.kit.texts import translate
from flows.words import NEWS, as_shown
from tests.browser.phone import phone, require_for_a_thumb
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Deployment

pytestmark = pytest.mark.browser

TITLES = {
    "en": ("Your news", "End this", "Your news has ended", "had ended before"),
    "de": ("Ihre Neuigkeiten", "Beenden", "Ihre Neuigkeiten sind beendet", "schon beendet"),
}


async def _link(deployment: Deployment, language: str) -> tuple[Chat, str]:
    """Let somebody agree to news, and make their link."""
    chat = deployment.person()
    await chat.says(as_shown(NEWS, language))
    await chat.hears()
    await chat.taps(translate(language, "Yes"))
    await chat.hears()
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.write() as tx:
        person = (await store.people.find(tx, [lookup]))[lookup]
        return chat, await deployment.bot.desks.subscriptions.make_link(tx, person)


@pytest.mark.parametrize("language", TITLES)
async def test_two_steps_end_the_news(
    browser: Browser, deployment: Deployment, language: str
) -> None:
    """Open, tap: in the person's language, with a button for a thumb and nothing cut off."""
    before, button, after, again = TITLES[language]
    chat, url = await _link(deployment, language)
    async with phone(browser) as page:
        await page.goto(url)
        await expect(page.get_by_role("heading", level=1)).to_have_text(before)
        assert await deployment.granted(chat.psid) == {"news"}
        end = page.get_by_role("button")
        await expect(end).to_have_text(button)
        await require_for_a_thumb(end)
        await end.tap()
        await expect(page.get_by_role("heading", level=1)).to_have_text(after)
        assert await deployment.granted(chat.psid) == set()
        await page.reload()  # sends the form once more
        await expect(page.locator("main")).to_contain_text(again)
        await page.get_by_role("link", name="Polski").tap()
        await expect(page.locator("html")).to_have_attribute("lang", "pl")
        await expect(page.get_by_role("button")).to_have_count(0)
