"""Broadcasts over the wire: to who agreed, with a way out, and a report that adds up."""

from tests.kit.broadcasting import Broadcasting
from tests.kit.deployment import Deployment


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
