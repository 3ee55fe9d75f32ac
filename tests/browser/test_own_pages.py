"""The pages that are one person's alone, on a phone, without script, the real bot behind them."""

from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from tests.browser.phone import phone, require_for_a_thumb
from tests.kit.chat import Chat
from tests.kit.deployment import Databases, Deployment, deployed
from tests.kit.exported import told_in
from tests.kit.giving import MAIL, WORDS, given, purposes

pytestmark = pytest.mark.browser

#: What people write in the chat and read on the pages.
FILES = {
    "en": ("Hello", "export", "bring back", "Your data as a file", "used up", "Welcome back"),
    "de": (
        *("Guten Tag", "exportieren", "zurückbringen"),
        *("Ihre Daten als Datei", "verbraucht", "Willkommen zurück"),
    ),
}
NAMES = {"en": ("Your name", "Noted"), "de": ("Ihr Name", "Notiert")}
PREVIEWS = 100


async def _link(chat: Chat, word: str, *, after: str = "") -> str:
    """Ask for a page of one's own, and return its address."""
    if after:
        await chat.says(after)
        await chat.hears()
    await chat.says(word)
    while True:
        for button in (await chat.hears()).buttons:
            if button.url and "/privacy" not in button.url:
                return button.url


@pytest.mark.parametrize("language", FILES)
async def test_a_file_is_taken_along_and_handed_back(
    browser: Browser, deployment: Deployment, tmp_path: Path, language: str
) -> None:
    """After a hundred previews the link gives the file once; the file opens, and is taken back."""
    hello, export, bring_back, title, over, welcome = FILES[language]
    chat, file = deployment.person(), tmp_path / "my-data.html"
    url = await _link(chat, export, after=hello)
    async with aiohttp.ClientSession() as session:
        for _ in range(PREVIEWS):
            async with session.get(url) as preview:
                assert preview.status == 200
    async with phone(browser) as page:
        await page.goto(url)
        await expect(page.get_by_role("heading", level=1)).to_have_text(title)
        await require_for_a_thumb(page.get_by_role("button"))
        async with page.expect_download() as loading:
            await page.get_by_role("button").tap()
        await (await loading.value).save_as(file)
        assert told_in(file.read_bytes())["tables"]["people"]["rows"][0]["psid"]["raw"] == chat.psid
        await page.goto(url)
        await expect(page.get_by_role("heading", level=1)).to_contain_text(over)
    async with phone(browser) as page:
        await page.goto(file.as_uri())
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.locator("html")).to_have_attribute("lang", language)
    back = await _link(chat, bring_back)
    async with phone(browser) as page:
        await page.goto(back)
        await page.locator("input[type=file]").set_input_files(file)
        await require_for_a_thumb(page.locator("form button"))
        await page.locator("form button").tap()
        await expect(page.get_by_role("heading", level=1)).to_contain_text(welcome)


@pytest.mark.parametrize("language", NAMES)
async def test_a_detail_is_given_on_its_page(
    browser: Browser, databases: Databases, language: str
) -> None:
    """A field with a label; what is no name is told and can be mended at once."""
    label, thanks = NAMES[language]
    words = WORDS[language]
    async with deployed(databases, purposes=purposes("name"), mail=MAIL) as deployment:
        chat = deployment.person()
        await chat.says(words["hello"])
        await chat.hears()
        await chat.says(words["news"])
        await chat.hears()
        await chat.taps(words["yes"])
        (button,) = (await chat.hears()).buttons
        assert button.url is not None
        async with phone(browser) as page:
            await page.goto(button.url)
            field = page.get_by_label(label)
            await field.fill("x" * 101)
            await require_for_a_thumb(page.get_by_role("button"))
            await page.get_by_role("button").tap()
            await expect(page.get_by_role("alert")).to_be_visible()
            await page.get_by_label(label).fill("Çağla <b>")
            await page.get_by_role("button").tap()
            await expect(page.get_by_role("heading", level=1)).to_contain_text(thanks)
        assert await given(deployment, chat) == {"name": ("Çağla <b>", False)}
