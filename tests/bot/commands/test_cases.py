"""`cases`: what operators see of requests, and how they note an answer."""

import re

from tests.bot.commands.conftest import Operator
from tests.kit.chat import Chat
from tests.kit.deployment import Deployment, deployed


async def test_a_request_is_listed_until_it_is_answered(operator: Operator) -> None:
    """Number, kind and due date, never who asked; the person then sees that it is answered."""
    async with deployed(operator.databases) as deployment:
        chat = deployment.person()
        await chat.says("human")
        (number,) = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", (await chat.hears()).text)
        listed = await operator.runs("cases", "list")
        assert re.fullmatch(rf"{number}  human  due by \d{{4}}-\d\d-\d\d\n", listed.out)
        assert chat.psid not in listed.out
        assert (await operator.runs("cases", "answered", number.lower())).code == 0
        assert (await operator.runs("cases", "list")).out == "No request is open.\n"
        await deployment.simulator.hand_back(chat.psid)
        await chat.hears()
        await chat.says("cases")
        await chat.hears("Answered")
        done = (await operator.runs("audit")).out
        assert re.search(r"operator: cases answered C-[2-7A-Z]{8}\n", done)
        assert number not in done


async def test_an_unknown_number_is_told(operator: Operator) -> None:
    """A number that no open request has changes nothing."""
    async with deployed(operator.databases):
        ended = await operator.runs("cases", "answered", "AAAA-AAAA")
    assert (ended.code, ended.out) == (2, "")
    assert "No open request has that number." in ended.err


async def test_an_answer_is_read_from_a_file_or_from_stdin(operator: Operator) -> None:
    """Never from the command line, which others can see; a running bot sends it."""
    async with deployed(operator.databases) as deployment:
        chat, number = await _complained(deployment)
        written = operator.folder / "answer.txt"
        written.write_text("We have looked.\n", encoding="utf-8")
        ended = await operator.runs("cases", "answer", number.lower(), "--file", str(written))
        assert ended.code == 0
        assert ended.out.startswith("Sent into the chat: their 24 hours are open.")
        await chat.hears("We have looked.")
        await deployment.until(lambda: deployment.case_is(number, "answered"))
        chat, number = await _complained(deployment)
        assert (await operator.runs_alone("cases", "answer", number, typed="From stdin.")).code == 0
        await chat.hears("From stdin.")


async def test_an_answer_that_cannot_be_kept_is_told(operator: Operator) -> None:
    """Unknown number, second answer, empty or too long: a sentence, and nothing changes."""
    async with deployed(operator.databases) as deployment:
        written = operator.folder / "answer.txt"
        written.write_text("x" * 2000, encoding="utf-8")
        _, number = await _complained(deployment)
        answer = ("cases", "answer", number, "--file", str(written))
        ended = await operator.runs(*answer)
        assert ended.code == 2
        assert "Write 1 to 1700 characters." in ended.err
        written.write_text("short", encoding="utf-8")
        assert (await operator.runs(*answer)).code == 0
        again = await operator.runs(*answer)
        assert again.code == 2
        assert "No open request has that number." in again.err


async def test_a_look_shows_values_and_is_told(operator: Operator) -> None:
    """What MY DATA shows, once the look is on record; the person hears of the role."""
    async with deployed(operator.databases) as deployment:
        chat, number = await _complained(deployment)
        shown = await operator.runs("cases", "show", number, "--role", "viewer")
        assert shown.code == 0
        assert chat.psid in shown.out
        await chat.hears("in the role: viewer")
        assert (await operator.runs("cases", "show", number, "--role", "boss")).code == 2
        assert (await operator.runs("cases", "show", "AAAA-AAAA", "--role", "owner")).code == 2


async def _complained(deployment: Deployment) -> tuple[Chat, str]:
    chat = deployment.person()
    await chat.says("complain")
    await chat.hears()
    await chat.taps("Ask the team")
    (number,) = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", (await chat.hears()).text)
    return chat, number
