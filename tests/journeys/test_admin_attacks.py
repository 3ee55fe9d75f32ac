"""Whoever tries to act as an admin without being one, or without the right code, gets nowhere."""

from itertools import product

import pyotp
import pytest

from bot.admins.gate import RULES
from storage.sign_ins import MAX_TRIES
from tests.kit.admins import STEP_S, AdminChat, admin, first_owner, unready
from tests.kit.chat import Chat
from tests.kit.deployment import Deployment

LINES = [f"/{command}" for command in RULES]
LINES += ["/admin claim ABCD-EFGH-JKMN", "/admin claim", "/audit 3", "/admin revoke A-1", "/foo"]
#: After it nobody is asked to slow down.
A_MINUTE_S = 60
WRONG = "is wrong, old, or was used already"


async def met(deployment: Deployment) -> Chat:
    """Let somebody new have said hello."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    return chat


@pytest.mark.long
@pytest.mark.parametrize("is_asked", [False, True], ids=["at ease", "at a question"])
async def test_for_all_others_no_command_exists(deployment: Deployment, *, is_asked: bool) -> None:
    """Everybody else is answered as if the slash were not there, in the middle of a flow too."""
    one, other = await met(deployment), await met(deployment)
    for line in LINES:
        deployment.clock.move(A_MINUTE_S)
        for chat in (one, other):
            if is_asked:
                await chat.says("news")
                await chat.hears()
        await one.says(line)
        await other.says(line.removeprefix("/"))
        heard, expected = await one.hears(), await other.hears()
        assert heard.text == expected.text, line
        assert [c.title for c in heard.quick_replies] == [c.title for c in expected.quick_replies]


async def test_a_button_outlives_its_admin_but_does_nothing(deployment: Deployment) -> None:
    """Who was revoked is answered like anybody else, on old buttons and on commands."""
    owner = await first_owner(deployment)
    viewer = await admin(deployment, "viewer")
    await viewer.signs_in()
    await owner.chat.says("/admin revoke A-2")
    await owner.chat.hears("six digits")
    await owner.proves()
    await viewer.chat.hears("You are no admin of this Page any more")
    event = deployment.simulator.text_event(viewer.chat.psid, "/admins")
    event["message"]["quick_reply"] = {"payload": "cmd:/admins"}
    await deployment.simulator.post([event])
    await viewer.chat.hears("earlier question")
    await viewer.chat.says("/signins")
    await viewer.chat.hears("I did not understand that")


async def asks(owner: AdminChat, line: str = "/admin revoke A-2") -> None:
    """Ask for something that needs a code."""
    await owner.chat.says(line)
    await owner.chat.hears("six digits")


async def test_a_code_counts_once(deployment: Deployment) -> None:
    """The code that was just right is refused, and so is any of an earlier step."""
    owner = await first_owner(deployment)
    await owner.signs_in()
    await unready(deployment, "viewer")
    for code in (owner.code(), owner.code(steps=-1)):
        await asks(owner, "/admin revoke A-2")
        await owner.chat.says(code)
        await owner.chat.hears(WRONG)
        await owner.chat.taps("Leave it")
        await owner.chat.hears("nothing was done")


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (1, True), (2, False)])
async def test_a_clock_may_be_off_by_one_step(
    deployment: Deployment, steps: int, *, counts: bool
) -> None:
    """30 seconds either way are forgiven, more are not."""
    owner = await first_owner(deployment)
    deployment.clock.move(10 * STEP_S)
    await asks(owner, "/signins")
    await owner.chat.says(owner.code(steps=steps))
    await owner.chat.hears("Your sign-ins" if counts else WRONG)


@pytest.mark.parametrize("zero", "\u0660\u06f0\u0966\uff10", ids=["ar", "fa", "hi", "wide"])
async def test_digits_of_any_script_are_a_code(deployment: Deployment, zero: str) -> None:
    """A phone types the digits of its language, with spaces between; they are the same code."""
    owner = await first_owner(deployment)
    await asks(owner, "/signins")
    typed = "".join(chr(ord(zero) + int(digit)) for digit in owner.next_code())
    await owner.chat.says(f"{typed[:3]} {typed[3:]}")
    await owner.chat.hears("Your sign-ins")


async def test_a_command_that_nobody_has_can_be_of_any_length(deployment: Deployment) -> None:
    """The answer repeats the beginning of it."""
    owner = await first_owner(deployment)
    await owner.chat.says("/" + "x" * 1999)
    assert len((await owner.chat.hears("There is no command /xxx")).text) < 100


async def test_guessing_ends(deployment: Deployment) -> None:
    """After five wrong codes the right one is refused too, until a quarter of an hour is over."""
    owner = await first_owner(deployment)
    deployment.clock.move(10 * STEP_S)
    await asks(owner, "/signins")
    right = {owner.code(steps=steps) for steps in range(-2, 3)}
    guesses = [f"{number:06}" for number in range(10) if f"{number:06}" not in right]
    for left in range(MAX_TRIES - 1, 0, -1):
        await owner.chat.says(guesses[left])
        await owner.chat.hears("1 try left" if left == 1 else f"{left} tries left")
    await owner.chat.says(guesses[0])
    await owner.chat.hears("Too many wrong codes")
    await asks(owner, "/signins")
    await owner.proves()
    await owner.chat.hears("Too many wrong codes")
    deployment.clock.move(15 * 60)
    await asks(owner, "/signins")
    await owner.proves()
    await owner.chat.hears("Your sign-ins")


async def test_anothers_code_is_no_code(deployment: Deployment) -> None:
    """A code of another admin's app, or of no app at all, is wrong."""
    owner = await first_owner(deployment)
    viewer = await admin(deployment, "viewer")
    await asks(owner, "/signins")
    await owner.chat.says(viewer.next_code())
    await owner.chat.hears(WRONG)
    await owner.chat.says(pyotp.TOTP(pyotp.random_base32()).now())
    await owner.chat.hears(WRONG)


async def test_a_demoted_admin_is_refused_in_the_middle_of_an_act(deployment: Deployment) -> None:
    """Roles are read when the code comes, not when the command came."""
    owner = await first_owner(deployment)
    other = await admin(deployment, "owner")
    await other.signs_in()
    await asks(other, "/admin revoke A-1")
    store = deployment.bot.store
    async with store.write() as tx:
        two = await store.admins.numbered(tx, 2)
        assert two is not None
        await store.admins.set_role(tx, two, "viewer")
    await other.proves()
    await other.chat.hears("not waiting any more")
    await owner.chat.says("/status")
    await owner.chat.hears("A-1, owner")


async def test_echoes_and_standby_are_no_admin(deployment: Deployment) -> None:
    """A command in the Page's own name, or while another app holds the thread, does nothing."""
    owner = await first_owner(deployment)
    simulator, psid = deployment.simulator, owner.chat.psid
    await asks(owner, "/signins")
    before = len(owner.chat.bubbles())
    await simulator.page_inbox_says(psid, "/status")
    await simulator.hand_over(psid)
    await simulator.say(psid, "/status")
    await simulator.say(psid, owner.next_code())
    await deployment.until(deployment.inbox_is_empty)
    assert await deployment.outbox_is_empty()
    heard = [bubble.text for bubble in owner.chat.bubbles()[before:]]
    assert [text for text in heard if text != "/status"] == []


#: The simulator remembers a few hundred bubbles of a chat: each test types a part of the commands.
PARTS = 4
TAILS = ("", "A-1 A-2 A-3", "-1", "\u201eA-1", "\U0001f511 \U0001f511", "x" * 1900, "'; DROP TABLE")


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
async def test_whatever_follows_a_command_is_answered(deployment: Deployment, part: int) -> None:
    """Nothing, too much, quotes, emoji and 2,000 characters: said what to type, never an error."""
    owner = await first_owner(deployment)
    await owner.signs_in()
    for command, tail in product([*RULES][part::PARTS], TAILS):
        if command == "logout":
            continue
        deployment.clock.move(A_MINUTE_S / len(TAILS))
        await owner.chat.says(f"/{command} {tail}")
        await deployment.settles()
        heard = owner.chat.catches_up()
        assert heard, (command, tail)
        assert not any("went wrong" in bubble.text for bubble in heard), (command, tail)
        assert not await deployment.is_set_aside(1), (command, tail)
