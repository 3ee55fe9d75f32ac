"""From the first word to STOP and back, in the browser: what `make demo` shows."""

import re
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.demo import Demo
from tests.browser.column import add_person, newest_column

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Words:
    """What is said in one language."""

    locale: str
    greeting: str
    starter: str
    notice: str
    old_enough: str
    yes: str
    no: str
    may_we: str
    you_get: str
    no_longer: str


ENGLISH = Words(
    locale="en_GB",
    greeting="automated bot",
    starter="Who am I talking to?",
    notice="I am an automated bot",
    old_enough="Are you at least 16",
    yes="Yes",
    no="No",
    may_we="May we send you this?",
    you_get="You get: ",
    no_longer="You no longer get: ",
)
GERMAN = Words(
    locale="de_DE",
    greeting="automatischer Bot",
    starter="Mit wem spreche ich?",
    notice="Ich bin ein automatischer Bot",
    old_enough="Sind Sie mindestens 16",
    yes="Ja",
    no="Nein",
    may_we="Dürfen wir Ihnen das senden?",
    you_get="Sie erhalten: ",
    no_longer="Sie erhalten nicht mehr: ",
)


@pytest.mark.parametrize("words", [ENGLISH, GERMAN], ids=lambda words: words.locale)
async def test_welcome_opt_in_stop_and_back(page: Page, words: Words) -> None:
    """By mouse: greeted, told, asked, stopped with one word, and back with one word."""
    chat = await add_person(page, locale=words.locale)
    await expect(chat.root.get_by_test_id("greeting")).to_contain_text(words.greeting)
    await chat.starter(words.starter).click()
    await chat.hears(words.notice)
    await chat.says("news")
    await chat.hears(words.old_enough)
    await chat.taps(words.yes)
    await chat.hears(words.may_we)
    await chat.taps(words.yes)
    await chat.hears(words.may_we)
    await chat.taps(words.no)
    await chat.hears(words.you_get)
    await chat.says("STOP")
    await chat.hears(words.no_longer)
    await expect(chat.root.get_by_test_id("quick-reply")).to_have_count(0)
    await chat.says("START")
    await chat.hears(words.may_we)
    await chat.taps(words.yes)
    await chat.hears(words.may_we)
    await chat.taps(words.yes)
    await chat.hears(words.you_get)


async def test_the_language_button(page: Page) -> None:
    """The button under the first bubble changes the language, and everything after it."""
    chat = await add_person(page)
    await chat.says("Hello")
    await chat.hears("I am an automated bot")
    await chat.button("🌐 Language").click()
    await chat.hears("Which language")
    await chat.taps("Deutsch")
    await chat.hears("Ab jetzt schreibe ich Deutsch.")
    await chat.taps("Menü")
    await chat.hears("Was möchten Sie?")
    await chat.says("stop")
    await chat.hears("Um zurückzukommen")


async def test_coming_by_a_scanned_link(page: Page, demo: Demo) -> None:
    """An address as of m.me lets somebody new come once: to its opt-in, in its language."""
    await page.goto(f"{demo.simulator.url}/555000111?ref=de-reminders")
    chat = await newest_column(page, 0)
    await chat.hears(GERMAN.notice)
    await expect(chat.bubbles()).to_contain_text(GERMAN.old_enough)
    await chat.taps("Ja")
    await chat.hears("Erinnerungen: ")
    await page.reload()
    await expect(page.get_by_test_id("column")).to_have_count(1)


async def test_two_people_side_by_side(page: Page) -> None:
    """Two people chat at once, each in their own language, and neither hears the other."""
    english = await add_person(page)
    german = await add_person(page)
    await english.says("Hello")
    await german.says("Guten Tag")
    await english.hears(ENGLISH.notice)
    await german.hears(GERMAN.notice)
    await expect(english.bubbles()).to_have_count(1)
    await expect(german.bubbles()).to_have_count(1)


async def test_a_long_chat_scrolls_by_itself(page: Page) -> None:
    """However much was said, the page stays as high as the window: only the chat scrolls."""
    chat = await add_person(page)
    for _time in range(6):
        await chat.says("help")
        await chat.hears("")
    log = await page.evaluate("document.querySelector('.scroller').scrollHeight")
    height = await page.evaluate("window.innerHeight")
    assert log > height
    assert await page.evaluate("document.documentElement.scrollHeight") <= height


async def test_by_keyboard_alone(page: Page) -> None:
    """Everything is reached and done without a mouse."""
    await press_on(page, page.get_by_test_id("add-person"))
    await expect(page.get_by_test_id("person-name")).to_be_focused()
    await page.keyboard.press("Enter")
    chat = await newest_column(page, 0)
    await expect(chat.input).to_be_focused()
    await type_in(page, "Hello")
    await chat.hears(ENGLISH.notice)
    await press_on(page, chat.choice("News"), key="Shift+Tab")
    await chat.hears(ENGLISH.old_enough)
    for asked in (ENGLISH.may_we, ENGLISH.may_we, ENGLISH.you_get):
        await press_on(page, chat.choice("Yes"), key="Shift+Tab")
        await chat.hears(asked)
    await press_on(page, chat.root.get_by_test_id("menu-toggle"))
    await expect(chat.root.get_by_test_id("menu-item").first).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(chat.root.get_by_test_id("menu")).to_be_hidden()
    await press_on(page, chat.root.get_by_test_id("menu-toggle"))
    await press_on(page, chat.root.get_by_test_id("menu-item").get_by_text("Stop", exact=True))
    await chat.hears(ENGLISH.no_longer)


async def test_at_the_width_of_a_phone(browser: Browser, demo: Demo) -> None:
    """At 360 pixels, by touch: nothing sticks out, nothing needed is out of sight."""
    context = await browser.new_context(
        viewport={"width": 360, "height": 720}, has_touch=True, is_mobile=True, locale="de-DE"
    )
    page = await context.new_page()
    await page.goto(demo.simulator.url)
    chat = await add_person(page, locale=GERMAN.locale)
    await chat.starter(GERMAN.starter).tap()
    await chat.hears(GERMAN.notice)
    await chat.choice("Neuigkeiten").tap()
    await chat.hears(GERMAN.old_enough)
    await chat.choice("Ja").tap()
    newest = await chat.hears(GERMAN.may_we)
    for needed in (newest, chat.choice("Ja"), chat.choice("Nein"), chat.input):
        await expect(needed).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    second = await add_person(page)
    await expect(second.root).to_be_visible()
    await expect(chat.root).to_be_hidden()
    await page.get_by_test_id("person-tab").first.tap()
    await expect(chat.root).to_be_visible()
    await context.close()


async def test_a_day_later_the_window_is_closed(page: Page) -> None:
    """25 hours later the Page may not write; the person's next word opens the window again."""
    chat = await add_person(page)
    await chat.says("Hello")
    await chat.hears(ENGLISH.notice)
    await expect(chat.window).to_have_attribute("data-open", "true")
    await page.get_by_test_id("move-25h").click()
    await expect(chat.window).to_have_text("24 hours are over: the Page cannot write")
    await chat.says("help")
    await chat.hears("You can write at any time")
    await expect(chat.window).to_have_attribute("data-open", "true")


@pytest.mark.parametrize(("locale", "hello", "link", "title"), [
    ("en-GB", "Hello", "Full notice", "What happens with your data"),
    ("de-DE", "Guten Tag", "Ganzer Hinweis", "Was mit Ihren Daten geschieht"),
])  # fmt: skip
async def test_the_full_notice(
    browser: Browser, demo: Demo, locale: str, hello: str, link: str, title: str
) -> None:
    """The button in the first bubble opens the notice, in the language of the chat."""
    context = await browser.new_context(locale=locale)
    page = await context.new_page()
    await page.goto(demo.simulator.url)
    chat = await add_person(page)
    await chat.says(hello)
    await expect(chat.button(link)).to_be_visible()
    async with context.expect_page() as opening:
        await chat.button(link).click()
    notice = await opening.value
    await expect(notice).to_have_url(re.compile(r"/privacy"))
    await expect(notice.locator("html")).to_have_attribute("lang", locale[:2])
    await expect(notice.get_by_role("heading", level=1)).to_have_text(title)
    assert await context.cookies() == []
    await context.close()


async def press_on(page: Page, wanted: Locator, *, key: str = "Tab") -> None:
    """Go to something with the Tab key, as far as it takes, and press Enter on it."""
    await expect(wanted).to_be_visible()
    for _ in range(40):
        if await wanted.evaluate("element => element === document.activeElement"):
            await page.keyboard.press("Enter")
            return
        await page.keyboard.press(key)
    raise AssertionError(f"the {key} key does not reach {wanted}")


async def type_in(page: Page, text: str) -> None:
    """Type where the focus is, and send it with Enter."""
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")
