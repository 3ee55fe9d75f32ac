"""/cases: a request from the asking to the answer, worked on from the chat."""

import re

import pytest

from tests.kit.admins import AdminChat, admin, first_owner
from tests.kit.chat import Chat
from tests.kit.deployment import Deployment

ANSWER = "We have looked.\nNothing was passed on."


async def complained(deployment: Deployment) -> tuple[Chat, str]:
    """Let somebody new ask the team; return their chat and the request's number."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    await chat.says("complain")
    await chat.hears()
    await chat.taps("Ask the team")
    (number,) = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", (await chat.hears()).text)
    return chat, number


async def signed_in(deployment: Deployment) -> AdminChat:
    """Make the first owner, with a session."""
    owner = await first_owner(deployment)
    await owner.signs_in()
    return owner


async def test_a_request_is_claimed_and_answered(deployment: Deployment) -> None:
    """Listed without a word about who asked, claimed, answered with a code, and arrived."""
    chat, number = await complained(deployment)
    owner = await signed_in(deployment)
    await owner.chat.says("/cases")
    listed = await owner.chat.hears(number)
    assert chat.psid not in listed.text
    await owner.chat.taps(number)
    await owner.chat.hears("a complaint, due by")
    await owner.chat.taps("Claim")
    await owner.chat.hears(f"You work on {number} now")
    await owner.chat.taps("Answer")
    await owner.chat.hears(f"Please write the answer to {number}")
    await owner.chat.says(ANSWER)
    shown = await owner.chat.hears(f"The answer to your request {number}")
    assert ANSWER in shown.text
    await owner.proves()
    await owner.chat.hears(f"{number}: Sent into the chat")
    await chat.hears(ANSWER)
    await deployment.until(lambda: deployment.case_is(number, "answered"))
    await owner.chat.says(f"/cases {number}")
    await owner.chat.hears("answered, A-1 works on it")


async def test_data_is_opened_masked_and_the_person_is_told(deployment: Deployment) -> None:
    """Values only after a warning; the person hears of one look, however many pages it has."""
    chat, number = await complained(deployment)
    owner = await signed_in(deployment)
    await owner.chat.says(f"/cases {number} open")
    masked = await owner.chat.hears("is told that you look")
    await chat.hears("Somebody of the team looked at your data")
    assert "••••" in masked.text
    assert chat.psid not in masked.text
    await owner.chat.taps("Show values")
    await owner.chat.hears("stays in your Messenger history")
    await owner.chat.taps("Show")
    assert "••••" not in (await owner.chat.hears("is told that you look")).text
    while any(one.title == "Next page" for one in owner.chat.bubbles()[-1].quick_replies):
        await owner.chat.taps("Next page")
        await owner.chat.hears("is told that you look")
    await owner.chat.taps("Done")
    await owner.chat.hears("All right")
    await deployment.settles()
    assert sum("looked at your data" in said.text for said in chat.bubbles()) == 1


async def test_another_takes_over_and_closes(deployment: Deployment) -> None:
    """Who worked on it hears of that; closing takes a code and is final."""
    _, number = await complained(deployment)
    owner = await signed_in(deployment)
    officer = await admin(deployment, "privacy officer")
    await officer.signs_in()
    await owner.chat.says(f"/cases claim {number}")
    await owner.chat.hears("You work on")
    await officer.chat.says(f"/cases claim {number.lower().replace('-', '')}")
    await officer.chat.hears("You work on")
    await owner.chat.hears(f"A-2 has taken over {number}")
    await officer.chat.says(f"/cases close {number}")
    await officer.chat.hears("answered elsewhere")
    await officer.proves()
    await officer.chat.hears("counts as answered")
    await owner.chat.says(f"/cases close {number}")
    await owner.chat.hears("answered already")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/cases open", "/cases open K7QF-3M2P"),
        ("/cases open AAAA-AAAA", "There is no request AAAA-AAAA"),
        ("/cases claim", "/cases claim K7QF-3M2P"),
        ("/cases close one two", "/cases close K7QF-3M2P"),
        ("/cases answer", "/cases answer K7QF-3M2P"),
        ("/cases answer 'no such' \U0001f44d", "There is no request"),
        ("/cases 999", "No request is open here"),
        ("/cases one two", "/cases, /cases 2, or /cases K7QF-3M2P"),
        ("/cases " + "x" * 1900, "There is no request"),
    ],
)
async def test_odd_arguments_are_answered(deployment: Deployment, typed: str, said: str) -> None:
    """Whatever is missing, too much or unknown, the answer says what to type instead."""
    owner = await signed_in(deployment)
    await owner.chat.says(typed)
    await owner.chat.hears(said)


async def test_an_answer_that_is_too_long_goes_nowhere(deployment: Deployment) -> None:
    """It is refused with its length before any code is asked for, and nothing is sent."""
    chat, number = await complained(deployment)
    owner = await signed_in(deployment)
    heard = len(chat.bubbles())
    await owner.chat.says(f"/cases answer {number} {'x' * 1701}")
    await owner.chat.hears("1 to 1700 characters, and this has 1701")
    assert await deployment.case_is(number, "open")
    assert len(chat.bubbles()) == heard
