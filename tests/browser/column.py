"""One person's chat in the browser, as a test reads it."""

import re
from dataclasses import dataclass, field

from playwright.async_api import Locator, Page, expect


@dataclass
class Column:
    """A person's column; `hears` waits for the bot's next bubble."""

    root: Locator
    _heard: int = field(default=0)

    @property
    def input(self) -> Locator:
        """Where the person types."""
        return self.root.get_by_test_id("composer-input")

    @property
    def window(self) -> Locator:
        """The line that tells whether the Page may write now."""
        return self.root.get_by_test_id("window-state")

    def bubbles(self) -> Locator:
        """Everything the bot has said so far."""
        return self.root.locator('[data-testid="message"][data-author="bot"]')

    def choice(self, title: str) -> Locator:
        """A quick reply by its exact title."""
        return self.root.get_by_test_id("quick-reply").get_by_text(title, exact=True)

    def button(self, title: str) -> Locator:
        """A button under the newest bubble, by its exact title."""
        return self.bubbles().last.get_by_test_id("button").get_by_text(title, exact=True)

    def starter(self, question: str) -> Locator:
        """A question that is offered before the first contact."""
        return self.root.get_by_test_id("ice-breaker").get_by_text(question, exact=True)

    async def says(self, text: str) -> None:
        """Type a text and press the button that sends it."""
        await self.input.fill(text)
        await self.root.get_by_test_id("send").click()

    async def taps(self, title: str) -> None:
        """Tap a quick reply."""
        await self.choice(title).click()

    async def hears(self, part: str) -> Locator:
        """Wait for the next bubble, which must contain `part`; return it."""
        bubble = self.bubbles().nth(self._heard)
        await expect(bubble).to_contain_text(part)
        self._heard += 1
        return bubble


async def add_person(page: Page, *, locale: str = "default") -> Column:
    """Let somebody new open a chat whose Messenger speaks `locale`."""
    before = await page.get_by_test_id("column").count()
    await page.get_by_test_id("add-person").click()
    await page.get_by_test_id("person-locale").select_option(locale)
    await page.get_by_test_id("person-add").click()
    return await newest_column(page, before)


async def newest_column(page: Page, before: int) -> Column:
    """Wait for the column after `before` others."""
    root = page.get_by_test_id("column").nth(before)
    await expect(root).to_have_attribute("data-psid", re.compile(r"\d+"))
    return Column(root)
