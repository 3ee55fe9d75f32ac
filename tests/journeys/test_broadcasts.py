"""Broadcasts over the wire: to who agreed, with a way out, and a report that adds up."""

import aiohttp

from tests.kit.broadcasting import Broadcasting
from tests.kit.deployment import PAGES, Databases, Deployment, deployed
from tests.kit.mail_server import MailServer, text_of

_DAY_S = 24 * 3600


async def test_who_agreed_gets_it_in_their_language(deployment: Deployment) -> None:
    """A broadcast reaches who said yes, in their language; whoever did not hears nothing."""
    on = Broadcasting(deployment)
    anna, karl = await on.reader("en"), await on.reader("de")
    stranger = deployment.person()
    await stranger.says("Hello")
    await stranger.hears()
    number = await on.begins()
    await anna.hears("The fair is on Sunday.\n\nGarden and Book Club writes this because")
    await karl.hears("Am Sonntag ist Markt.")
    await on.until(number, "over")
    assert await on.outcomes(number) == {("window", "sent"): 2}
    assert len(stranger.bubbles()) == 1


async def test_one_tap_ends_it_and_so_does_the_page(deployment: Deployment) -> None:
    """Each broadcast carries a button that ends it, the word, and a link."""
    on = Broadcasting(deployment)
    anna = await on.reader()
    await on.begins()
    told = await anna.hears("STOP ends it")
    assert any("/unsubscribe/" in (button.url or "") for button in told.buttons)
    await anna.taps("Unsubscribe")
    await anna.hears("You no longer get: Club news")
    assert await deployment.granted(anna.psid) == set()
    number = await on.begins()
    await on.until(number, "over")
    assert await on.outcomes(number) == {("none", "opted out"): 1}


async def test_what_cant_be_pushed_is_offered_at_the_next_contact(deployment: Deployment) -> None:
    """Outside the 24 hours it waits, is offered beside the answer, and comes when it is wanted."""
    on = Broadcasting(deployment)
    anna, karl = await on.reader(), await on.reader()
    deployment.clock.move(_DAY_S + 60)
    number = await on.begins(useful_hours=48)
    await deployment.until(lambda: _has(on, number, ("next_contact", "waiting"), 2))
    await anna.says("thanks")
    await anna.hears("You're welcome.\n\nNews while you were away: 1.")
    await anna.taps("Show")
    await anna.hears("Here it comes.")
    await anna.hears("The fair is on Sunday.")
    await karl.says("thanks")
    await karl.hears("News while you were away: 1.")
    await karl.taps("Not now")
    await karl.hears("I leave it out")
    await on.until(number, "over")
    assert await on.outcomes(number) == {
        ("next_contact", "sent"): 1,
        ("next_contact", "declined"): 1,
    }


async def test_rights_words_and_stop_stay_free_of_offers(deployment: Deployment) -> None:
    """Around a right or a STOP nothing is offered, and after a STOP nothing waits any more."""
    on = Broadcasting(deployment)
    anna = await on.reader()
    deployment.clock.move(_DAY_S + 60)
    number = await on.begins(useful_hours=48)
    await deployment.until(lambda: _has(on, number, ("next_contact", "waiting"), 1))
    for word in ("my data", "STOP", "thanks"):
        await anna.says(word)
        assert "while you were away" not in (await anna.hears()).text
    deployment.clock.move(2 * _DAY_S)
    await on.until(number, "over")
    assert await on.outcomes(number) == {("next_contact", "opted out"): 1}
    assert len(anna.bubbles()) == 5


async def test_a_mail_ends_it_with_one_press(databases: Databases) -> None:
    """With the chat closed it comes by mail to a proven address, and one press there ends it."""
    async with MailServer() as server, deployed(databases, mail=server.settings()) as deployment:
        on = Broadcasting(deployment)
        anna = await on.reader()
        await deployment.verifies_email(anna.psid, "anna@example.org")
        deployment.clock.move(_DAY_S + 60)
        number = await on.begins()
        await deployment.until(lambda: server.has(1))
        (mail,) = server.mails
        assert "The fair is on Sunday." in text_of(mail)
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        url = mail["List-Unsubscribe"].strip("<>")
        # In one piece and in clear, as mail programs look for it: an encoded one is none.
        assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in server.raw[0]
        press = {"List-Unsubscribe": "One-Click"}
        async with aiohttp.ClientSession() as session, session.post(url, data=press) as answer:
            assert answer.status == 200
        assert await deployment.granted(anna.psid) == set()
        await on.until(number, "over")
        assert await on.outcomes(number) == {("email", "sent"): 1}


async def test_a_broadcast_stays_on_its_page(deployment: Deployment) -> None:
    """Nobody of another Page is reached, however much they agreed to the same purpose."""
    on = Broadcasting(deployment)
    anna, other = await on.reader(), await on.reader(page_id=PAGES[1].id)
    said = len(other.bubbles())
    number = await on.begins()
    await anna.hears("The fair")
    await on.until(number, "over")
    assert (await on.report(number)).audience == 1
    assert len(other.bubbles()) == said


async def _has(on: Broadcasting, number: int, which: tuple[str, str], count: int) -> bool:
    return (await on.outcomes(number)).get(which) == count
