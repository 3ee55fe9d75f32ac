"""`cases`: what operators see of requests, and how they note an answer."""

import re

from tests.bot.commands.conftest import Operator
from tests.kit.deployment import deployed


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
        await chat.says("cases")
        await chat.hears("Answered")


async def test_an_unknown_number_is_told(operator: Operator) -> None:
    """A number that no open request has changes nothing."""
    async with deployed(operator.databases):
        ended = await operator.runs("cases", "answered", "AAAA-AAAA")
    assert (ended.code, ended.out) == (1, "")
    assert "No open request has that number." in ended.err
