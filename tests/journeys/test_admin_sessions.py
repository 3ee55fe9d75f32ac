"""An admin's session: how it opens, how long it lasts, and everything that ends it."""

import sqlalchemy as sa

from storage.db.admin_tables import (
    admin_invites,
    admin_numbers,
    admin_sessions,
    admin_sign_ins,
    admin_tries,
    admins,
    pending_acts,
)
from tests.kit.admins import AdminChat, admin, claimed, first_owner, invited, unready
from tests.kit.deployment import Deployment

DAY_S = 24 * 3600


async def count(deployment: Deployment, *tables: sa.Table) -> int:
    """Return how many rows these tables have together."""
    async with deployment.bot.store.read() as tx:
        counts = [await tx.execute(sa.select(sa.func.count()).select_from(one)) for one in tables]
    return sum(int(one.scalar_one()) for one in counts)


async def is_signed_in(who: AdminChat) -> bool:
    """Tell whether a list is shown without a code."""
    await who.chat.says("/signins")
    heard = await who.chat.hears_among("six digits", "Your sign-ins")
    if "six digits" in heard.text:
        await who.chat.taps("Leave it")
        await who.chat.hears("nothing was done")
    return "six digits" not in heard.text


async def test_a_session_lasts_a_quarter_of_an_hour(deployment: Deployment) -> None:
    """A code opens it, the clock ends it."""
    owner = await first_owner(deployment)
    assert not await is_signed_in(owner)
    await owner.signs_in()
    deployment.clock.move(14 * 60)
    assert await is_signed_in(owner)
    deployment.clock.move(60)
    assert not await is_signed_in(owner)


async def test_remember_me_is_asked_for_and_ends(deployment: Deployment) -> None:
    """Only whoever says so stays signed in for eight hours; an act still needs its code."""
    owner = await first_owner(deployment)
    await owner.signs_in()
    await owner.chat.says("/remember")
    await owner.chat.hears("You stay signed in until")
    await unready(deployment, "viewer")
    deployment.clock.move(8 * 3600 - 60)
    assert await is_signed_in(owner)
    await owner.chat.says("/admin revoke A-2")
    await owner.chat.hears_among("six digits")
    await owner.chat.taps("Leave it")
    await owner.chat.hears_among("nothing was done")
    deployment.clock.move(61)
    assert not await is_signed_in(owner)


async def test_remember_me_does_not_renew_itself(deployment: Deployment) -> None:
    """Eight hours after the code it is over, however often it was said in between."""
    owner = await first_owner(deployment)
    await owner.signs_in()
    for wait_s in (60, 5 * 3600):
        deployment.clock.move(wait_s)
        await owner.chat.says("/remember")
        await owner.chat.hears_among("You stay signed in until")
    deployment.clock.move(3 * 3600)
    assert not await is_signed_in(owner)


async def test_logout_destroys_it(deployment: Deployment) -> None:
    """Nothing of the session is left, and what waited for a code in it is gone."""
    owner = await first_owner(deployment)
    await owner.signs_in()
    await unready(deployment, "viewer")
    await owner.chat.says("/admin revoke A-2")
    await owner.chat.hears("six digits")
    await owner.chat.says("/logout")
    await owner.chat.hears("You are signed out")
    assert await count(deployment, admin_sessions, pending_acts) == 0
    await owner.proves()
    await owner.chat.hears("not waiting any more")


async def test_sign_ins_are_shown_to_their_admin_and_expire(deployment: Deployment) -> None:
    """Each is listed once, for nobody else, and goes after 90 days."""
    owner = await first_owner(deployment)
    viewer = await admin(deployment, "viewer")
    await owner.signs_in()
    await owner.chat.says("/signins")
    mine = (await owner.chat.hears("deleted after 90 days")).text
    assert mine.count(" UTC") == 1
    await viewer.signs_in()
    assert await count(deployment, admin_sign_ins) == 2
    deployment.clock.move(91 * DAY_S)
    await deployment.until(lambda: _is_empty(deployment, admin_sign_ins))


async def _is_empty(deployment: Deployment, *tables: sa.Table) -> bool:
    return await count(deployment, *tables) == 0


async def test_revoking_leaves_the_number_only(deployment: Deployment) -> None:
    """Seed, session, sign-ins and tries go at once; the number is never given again."""
    owner = await first_owner(deployment)
    viewer = await admin(deployment, "viewer")
    await viewer.signs_in()
    await owner.chat.says("/admin revoke A-2")
    await owner.chat.hears("six digits")
    await owner.proves()
    await owner.chat.hears("A-2 is no admin any more")
    assert await count(deployment, admins) == 1
    assert await count(deployment, admin_sessions, admin_sign_ins) == 2
    assert await count(deployment, admin_tries, pending_acts) == 0
    assert await count(deployment, admin_numbers) == 2
    third = await claimed(deployment, "viewer")
    await third.hears("You are admin A-3")


async def test_a_code_from_the_server_works_once_and_not_for_long(deployment: Deployment) -> None:
    """It is kept as a hash, is used up by the first, and is over after a quarter of an hour."""
    first, second = deployment.person(), deployment.person()
    for chat in (first, second):
        await chat.says("Hello")
        await chat.hears()
    code = await invited(deployment, "owner")
    assert await deployment.is_on_no_disk(code.replace("-", "").encode())
    await first.says(f"/Admin  CLAIM \u201c{code.lower()}\u201d \U0001f511")
    await first.hears("You are admin A-1")
    late = await invited(deployment, "viewer")
    deployment.clock.move(15 * 60)
    for used in (code, late):
        await second.says(f"/admin claim {used}")
        await second.hears("I did not understand that")
    await deployment.until(lambda: _is_empty(deployment, admin_invites))


async def test_another_claim_is_another_role(deployment: Deployment) -> None:
    """Who is an admin keeps number and app, and is told; the last owner cannot step down so."""
    owner = await first_owner(deployment)
    viewer = await admin(deployment, "viewer")
    await viewer.signs_in()
    await viewer.chat.says(f"/admin claim {await invited(deployment, 'sender')}")
    await viewer.chat.hears("You are sender now, still as A-2")
    assert not await is_signed_in(viewer)
    await owner.chat.says(f"/admin claim {await invited(deployment, 'viewer')}")
    await owner.chat.hears("A-1 is the last owner")


async def test_the_last_owner_cannot_be_revoked(deployment: Deployment) -> None:
    """Not by themselves, and not after another owner has gone."""
    owner = await first_owner(deployment)
    await owner.chat.says("/admin revoke A-1")
    await owner.chat.hears("A-1 is the last owner")
    other = await admin(deployment, "owner")
    await other.signs_in()
    await other.chat.says("/admin revoke A-1")
    await other.chat.hears("six digits")
    await other.proves()
    await other.chat.hears("A-1 is no admin any more")
    await owner.chat.hears("You are no admin")
    await other.chat.says("/admin revoke 2")
    await other.chat.hears("A-2 is the last owner")


async def test_an_admin_is_erased_like_anybody(deployment: Deployment) -> None:
    """Also the last owner, in the middle of an act: nothing of them stays but the number."""
    owner = await first_owner(deployment)
    await owner.chat.says("/signins")
    await owner.chat.hears("six digits")
    await owner.chat.says("delete me")
    await owner.chat.hears("please type DELETE")
    await owner.chat.says("DELETE")
    await owner.chat.hears("Done.")
    assert await count(deployment, admins, admin_sessions, pending_acts) == 0
    await deployment.until(lambda: deployment.has_people(0))
    async with deployment.bot.store.read() as tx:
        (last, *_) = await deployment.bot.store.admin_acts.newest(tx, limit=1)
    assert (last.act.actor, last.act.act) == ("A-1", "erased")


async def test_stop_wins_in_the_middle_of_an_act(deployment: Deployment) -> None:
    """STOP is STOP, with a slash too, and nothing is said after its confirmation."""
    owner = await first_owner(deployment)
    for word in ("stop", "/stop", "/STOP!"):
        await owner.chat.says("/signins")
        await owner.chat.hears("six digits")
        await owner.chat.says(word)
        assert "six digits" not in (await owner.chat.hears()).text
    await owner.chat.says("/my data")
    await owner.chat.hears("your number as an admin")


async def test_an_admin_stays_known_while_they_are_one(deployment: Deployment) -> None:
    """Who agreed to nothing is erased after 48 hours; an admin is not, until they are none."""
    owner = await first_owner(deployment)
    await admin(deployment, "viewer")
    deployment.clock.move(49 * 3600)
    assert await deployment.bot.store.erase_due(now_ms=deployment.clock.now_ms()) == 0
    await owner.chat.says("/admin revoke A-2")
    await owner.chat.hears("six digits")
    await owner.proves()
    await owner.chat.hears("no admin any more")
    deployment.clock.move(60)
    await deployment.until(lambda: deployment.has_people(1))
