"""`admin` and `audit`: from an invitation on the server to an act in the chat, and back."""

import asyncio
import re

import pyotp

from tests.bot.commands.conftest import Operator
from tests.kit.admins import AdminChat, set_up
from tests.kit.chat import Chat
from tests.kit.deployment import Deployment, deployed
from tests.kit.patience import PATIENCE_S


async def _claimed(operator: Operator, deployment: Deployment, role: str) -> Chat:
    """Let somebody claim a code that the command has printed."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    ended = await operator.runs("admin", "invite", "--role", role)
    assert ended.code == 0
    (line,) = re.findall(r"^/admin claim .+$", ended.out, re.MULTILINE)
    await chat.says(line)
    return chat


async def _enrolled(operator: Operator, *, code: str = "") -> tuple[int, str, str]:
    """Run `admin enroll` as in a terminal; return exit code, output and the seed it showed."""
    process = await operator.starts("admin", "enroll")
    assert process.stdin is not None
    assert process.stdout is not None
    out = ""
    async with asyncio.timeout(PATIENCE_S):
        while not (shown := re.search(r"app: ([A-Z2-7]+)\n", out)):
            out += (await process.stdout.readline()).decode()
        seed = shown[1]
        process.stdin.write(f"{code or pyotp.TOTP(seed).now()}\n".encode())
        rest, err = await process.communicate()
    return process.returncode or 0, out + rest.decode() + err.decode(), seed


async def test_the_first_owner_is_made_on_the_server(operator: Operator) -> None:
    """Invited, claimed, set up in the terminal with a QR code; then the chat takes their codes."""
    async with deployed(operator.databases) as deployment:
        assert "Nobody is an admin" in (await operator.runs("admin", "list")).out
        chat = await _claimed(operator, deployment, "owner")
        await chat.hears("chatmagico admin enroll")
        assert (await operator.runs("admin", "list")).out == "A-1  owner  no code used yet\n"
        code, said, _ = await _enrolled(operator, code="000000")
        assert (code, "nothing was kept" in said) == (1, True)
        code, said, seed = await _enrolled(operator)
        assert (code, "█" in said) == (0, True)
        assert seed.encode() not in deployment.settings.model_dump_json().encode()
        assert await deployment.is_on_no_disk(seed.encode())
        owner = AdminChat(deployment, chat, seed)
        await owner.signs_in()
        assert (await operator.runs("admin", "list")).out == "A-1  owner\n"
        again = await operator.runs("admin", "enroll")
        assert (again.code, "invite --role owner" in again.err) == (2, True)


async def test_the_server_revokes_and_reads_what_was_done(operator: Operator) -> None:
    """The last owner stays, others go and are told; every act is listed, with no id of anybody."""
    async with deployed(operator.databases) as deployment:
        chat = await _claimed(operator, deployment, "owner")
        await chat.hears("You are admin A-1")
        await _enrolled(operator)
        viewer = await set_up(deployment, await _claimed(operator, deployment, "viewer"))
        refused = await operator.runs("admin", "revoke", "A-1")
        assert (refused.code, "Make another owner first" in refused.err) == (2, True)
        assert (await operator.runs("admin", "revoke", "A-7")).code == 2
        assert (await operator.runs("admin", "revoke", "a2")).code == 0
        await viewer.chat.hears("You are no admin of this Page any more")
        listed = await operator.runs("audit")
        acts = [line.split("UTC  ")[1].strip() for line in listed.out.splitlines()]
        assert acts == [
            "operator: admin revoke A-2",
            "A-2 viewer: admin enroll A-2",
            "A-2 viewer: admin claim A-2",
            "operator: admin invite viewer",
            "operator: admin enroll A-1",
            "A-1 owner: admin claim A-1",
            "operator: admin invite owner",
        ]
        assert chat.psid not in listed.out
        verified = await operator.runs("ledger", "verify")
        assert verified.code == 0, verified
