"""Admins of a deployment: made as the server and the chat make them, with their codes."""

import re
from dataclasses import dataclass

import aiohttp
import pyotp

from bot.admins.first_owner import enroll_first_owner
from storage.admins import Role
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Deployment

STEP_S = 30


@dataclass
class AdminChat:
    """An admin in their chat, with an authenticator app."""

    deployment: Deployment
    chat: Chat
    seed: str
    #: What they are called, such as A-1.
    name: str = "A-1"

    def code(self, *, steps: int = 0) -> str:
        """Return what the app shows, or shows so many steps later."""
        step = self.deployment.clock.now_ms() // 1000 // STEP_S + steps
        return pyotp.TOTP(self.seed).generate_otp(step)

    def next_code(self) -> str:
        """Return a code that was never used: the app goes on to the next step."""
        self.deployment.clock.move(STEP_S)
        return self.code()

    async def proves(self) -> None:
        """Type a code that was never used."""
        await self.chat.says(self.next_code())

    async def signs_in(self) -> None:
        """Open a session."""
        await self.chat.says("/signins")
        await self.chat.hears("six digits")
        await self.proves()
        assert "You are signed in until" in (await self.chat.hears("Your sign-ins")).text


async def invited(deployment: Deployment, role: Role) -> str:
    """Return a code, as `chatmagico admin invite` prints it."""
    store = deployment.bot.store
    async with store.write() as tx:
        return await store.admins.invite(tx, role, now_ms=deployment.clock.now_ms())


async def claimed(deployment: Deployment, role: Role, page_id: str = PAGE) -> Chat:
    """Let somebody new claim a code; return their chat."""
    chat = deployment.person(page_id)
    await chat.says("Hello")
    await chat.hears()
    await chat.says(f"/admin claim {await invited(deployment, role)}")
    return chat


async def unready(deployment: Deployment, role: Role) -> Chat:
    """Make an admin who has no app yet; return their chat."""
    chat = await claimed(deployment, role)
    await chat.hears("You are admin")
    return chat


async def set_up(deployment: Deployment, chat: Chat) -> AdminChat:
    """Let whoever has just claimed a code set up an app on the page that the chat gives."""
    said = await chat.hears("set up an authenticator app")
    (name,) = re.findall(r"A-\d+", said.text)
    url = said.buttons[0].url or ""
    async with aiohttp.ClientSession() as session, session.post(url) as answer:
        page = await answer.text()
    await chat.hears("was shown on the page just now")
    (seed,) = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)
    return AdminChat(deployment, chat, seed.replace(" ", ""), name)


async def admin(deployment: Deployment, role: Role) -> AdminChat:
    """Make another admin, once there is an owner."""
    return await set_up(deployment, await claimed(deployment, role))


async def first_owner(deployment: Deployment) -> AdminChat:
    """Make the first owner, enrolled as `chatmagico admin enroll` does it."""
    chat = await claimed(deployment, "owner")
    await chat.hears("chatmagico admin enroll")
    seed, store = pyotp.random_base32(), deployment.bot.store
    owner = AdminChat(deployment, chat, seed)
    async with store.write() as tx:
        code, now_ms = owner.code(), deployment.clock.now_ms()
        assert await enroll_first_owner(tx, store, seed, code, now_ms=now_ms)
    return owner
