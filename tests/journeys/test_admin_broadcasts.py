"""Broadcasts from the chat: an admin writes, tries, confirms, watches, and is told how it ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.broadcasts.schedule import Schedule
from storage.details import Detail
from tests.kit.admins import AdminChat, first_owner
from tests.kit.broadcasting import Broadcasting
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Databases, Deployment, deployed

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


async def _lives_by(deployment: Deployment, chat: Chat, zone: ZoneInfo) -> None:
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.write() as tx:
        person = await store.people.get(tx, (await store.people.find(tx, [lookup]))[lookup])
        assert person is not None
        given = Detail("time_zone", zone.key, deployment.clock.now_ms())
        await store.details.put(tx, person.person_id, person.key, given)


def _moves_to(deployment: Deployment, moment: datetime) -> None:
    deployment.clock.move((moment - deployment.clock.now()).total_seconds())


def _at_eight(deployment: Deployment) -> None:
    """Go to the next evening, so that no window closes before the next noon anywhere."""
    tomorrow = deployment.clock.now() + timedelta(days=1)
    _moves_to(deployment, tomorrow.replace(hour=20, minute=0, second=0, microsecond=0))


async def _writes(owner: AdminChat) -> None:
    """Write a draft, one question after the other."""
    await owner.signs_in()
    await owner.chat.says("/broadcast")
    await owner.chat.hears("only who agreed to it")
    await owner.chat.taps("news")
    await owner.chat.hears("Please type a title")
    await owner.chat.says("The fair")
    await owner.chat.hears("Please type the text")
    await owner.chat.says("The fair is on Sunday.")
    await owner.chat.hears("Broadcast 1, The fair: draft.")


async def _hears_at_last(owner: AdminChat, part: str) -> None:
    """Wait for what is said, past alerts about a Page that is quiet for hours."""
    await owner.chat.hears_among(part)


async def _sends(owner: AdminChat, count: int) -> None:
    """Have the numbers counted, type them, and prove it."""
    await owner.chat.says("/broadcast send 1")
    await owner.chat.hears(f"Please type how many get it: {count}")
    await owner.chat.says(str(count))
    await owner.chat.hears("six digits")
    await owner.proves()
    await owner.chat.hears("Until then it can be taken back")


async def test_what_does_not_fit_is_asked_for_again(deployment: Deployment) -> None:
    """Neither the purpose nor the title has to be typed anew because of a text."""
    owner = await first_owner(deployment)
    await owner.signs_in()
    await owner.chat.says('/broadcast new news "The fair"')
    await owner.chat.hears("Please type the text")
    for wrong in ("Hello {you}", "Type your password here", "x" * 700):
        await owner.chat.says(wrong)
        told = await owner.chat.hears("Nothing was changed.")
        assert "Please type the text" in told.text
    await owner.chat.says("The fair is on Sunday.")
    await owner.chat.hears("Broadcast 1, The fair: draft.")
    await owner.chat.says("/broadcast set 1 useful for ever")
    await owner.chat.hears("For how many hours")
    await owner.chat.says("48")
    await owner.chat.hears("of use for 48 hours")


async def test_an_admin_reaches_two_time_zones_around_a_stop(deployment: Deployment) -> None:
    """Each at noon of their own; who stops in between hears nothing; the report adds up."""
    _at_eight(deployment)
    on, owner = Broadcasting(deployment), await first_owner(deployment)
    anna, john, jane = [await on.reader() for _ in range(3)]
    for chat, zone in ((anna, BERLIN), (john, NEW_YORK), (jane, NEW_YORK)):
        await _lives_by(deployment, chat, zone)
    await _writes(owner)
    await owner.chat.says("/broadcast test 1")
    await owner.chat.hears("STOP ends it")
    await owner.chat.hears("just what a recipient gets")
    noon = (deployment.clock.now() + timedelta(days=1)).replace(hour=12, minute=0, second=0)
    await owner.chat.says(f"/broadcast set 1 when {noon:%Y-%m-%d} 12:00 local")
    await owner.chat.hears("each person's own clock")
    await _sends(owner, 3)
    _moves_to(deployment, noon.replace(tzinfo=BERLIN).astimezone(UTC) + timedelta(seconds=5))
    await anna.hears("The fair is on Sunday.")
    await jane.says("STOP")
    await jane.hears()
    _moves_to(deployment, noon.replace(tzinfo=NEW_YORK).astimezone(UTC) + timedelta(seconds=5))
    await john.hears("The fair is on Sunday.")
    await _hears_at_last(owner, "Broadcast 1, The fair: over. Sent: 2 of 3.")
    assert await on.outcomes(1) == {("window", "sent"): 2, ("window", "opted out"): 1}
    await owner.chat.says("/broadcasts report 1")
    await _hears_at_last(owner, "six digits")
    await owner.proves()
    await _hears_at_last(owner, "3 people in all.\n1 in the chat: opted out.\n2 in the chat: sent.")
    assert not any("The fair" in one.text for one in jane.bubbles())


async def test_what_was_confirmed_can_be_taken_back_within_two_minutes(
    deployment: Deployment,
) -> None:
    """Undo makes it a draft again, and nobody gets it."""
    on, owner = Broadcasting(deployment), await first_owner(deployment)
    anna = await on.reader()
    await _writes(owner)
    await _sends(owner, 1)
    await owner.chat.taps("Undo")
    await owner.chat.hears("Broadcast 1, The fair: draft.")
    deployment.clock.move(180)
    assert await on.is_in(1, "draft")
    assert (await on.report(1)).audience == 0
    assert len(anna.bubbles()) == 2


async def test_another_number_or_other_words_send_nothing(deployment: Deployment) -> None:
    """The code holds for the words and the number that were shown, and for no others."""
    on, owner = Broadcasting(deployment), await first_owner(deployment)
    await on.reader()
    await _writes(owner)
    await owner.chat.says("/broadcast send 1")
    await owner.chat.hears("Please type how many get it: 1")
    await owner.chat.says("7")
    await owner.chat.hears("That is not the number")
    await owner.chat.says("1")
    await owner.chat.hears("six digits")
    store = deployment.bot.store
    async with store.write() as tx:
        found = await store.broadcasts.get(tx, 1)
        assert found is not None
        await store.broadcasts.set_next(tx, 1, on.now_ms + 3_600_000)
    await owner.proves()
    await owner.chat.hears("This has changed since you asked")
    assert await on.is_in(1, "draft")


async def test_a_large_one_takes_two(databases: Databases) -> None:
    """Above the configured size a single admin's code only starts the delay."""
    async with deployed(databases, pace={"two_admins_above": 0}) as deployment:
        on, owner = Broadcasting(deployment), await first_owner(deployment)
        await on.reader()
        await _writes(owner)
        await owner.chat.says("/broadcast send 1 1")
        told = await owner.chat.hears("six digits")
        assert "Broadcast 1, The fair: 1 now" in told.text
        assert "/broadcasts 1 shows all that it says." in told.text
        await owner.proves()
        await owner.chat.hears("This takes two")
        assert await on.is_in(1, "draft")


async def test_whoever_agrees_sees_what_is_read_in_every_language(deployment: Deployment) -> None:
    """Nobody is asked to agree to words, or to addresses, that only their author has seen."""
    owner = await first_owner(deployment)
    await _writes(owner)
    await owner.chat.says("/broadcast set 1 de Mehr: https://docs.google.com/forms/d/1")
    told = await owner.chat.hears("de: Mehr: https://docs.google.com/forms/d/1")
    assert "The fair is on Sunday." in told.text
    assert "The text leads to a form on docs.google.com." in told.text
    await owner.chat.says("/broadcast set 1 button Details https://club.example.org\\@evil.example")
    await owner.chat.hears("an address that begins with https:// and a plain host")


async def test_pausing_and_cancelling_hold_in_the_middle(deployment: Deployment) -> None:
    """Paused it sends nothing; cancelled, what waited is counted as cancelled."""
    on, owner = Broadcasting(deployment), await first_owner(deployment)
    await on.reader()
    deployment.clock.move(25 * 3600)  # so that it has to wait for contact
    await owner.signs_in()
    number = await on.begins(useful_hours=48)
    await deployment.until(lambda: _waits(on, number))
    await owner.chat.says(f"/broadcasts pause {number}")
    await owner.chat.hears("The fair: paused, asked for.")
    await owner.chat.taps("Cancel it")
    await owner.chat.hears("six digits")
    await owner.proves()
    await owner.chat.hears("The fair: cancelled.")
    await deployment.until(lambda: _is_dropped(on, number))


async def _waits(on: Broadcasting, number: int) -> bool:
    return await on.outcomes(number) == {("next_contact", "waiting"): 1}


async def _is_dropped(on: Broadcasting, number: int) -> bool:
    return await on.outcomes(number) == {("next_contact", "cancelled"): 1}


async def test_the_admin_who_is_asked_answers_in_the_chat(deployment: Deployment) -> None:
    """What was missed is told with where to answer; it is sent after a code, and not before."""
    on, owner = Broadcasting(deployment), await first_owner(deployment)
    anna = await on.reader()
    await owner.signs_in()
    soon = Schedule(at=deployment.clock.now().replace(tzinfo=None) + timedelta(minutes=10))
    number = await on.begins(replace(soon, is_urgent=True), useful_hours=1, made_by="A-1")
    await on.desk.pause(number, now_ms=deployment.clock.now_ms())
    deployment.clock.move(2 * 3600)
    await on.desk.resume(number, now_ms=deployment.clock.now_ms())
    await _hears_at_last(owner, f"/broadcasts {number} starts or drops it")
    assert len(anna.bubbles()) == 2
    await owner.signs_in()
    await owner.chat.says(f"/broadcasts {number}")
    await _hears_at_last(owner, "it waits for your word")
    await owner.chat.taps("Send the missed")
    await _hears_at_last(owner, "six digits")
    await owner.proves()
    await anna.hears("The fair is on Sunday.")
    await on.until(number, "over")
