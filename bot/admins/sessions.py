"""Commands about sessions, and about acts that wait."""

from dataclasses import dataclass
from typing import Final

from bot.admins.command import Ask, Look, refused
from bot.admins.gate import Act
from bot.admins.proving import REMEMBERED_MS
from bot.clock import clock_time
from flows.kit.found import Found
from storage import Store, Transaction

_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class LogOut:
    """Ends a session."""

    store: Store

    async def prepare(self, tx: Transaction, ask: Ask) -> Act:
        """There is nothing to look at."""
        del tx
        return Act(ask.admin.name)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Destroy the session, and what waits for a code in it."""
        del act
        await self.store.pending_acts.drop_asked(tx, ask.person.person_id)
        await self.store.sign_ins.close_session(tx, ask.person.person_id)
        return Found("/logout")


@dataclass(frozen=True, slots=True)
class Remember:
    """Makes a session longer."""

    store: Store

    async def prepare(self, tx: Transaction, ask: Ask) -> Act:
        """There is nothing to look at."""
        del tx
        return Act(ask.admin.name)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Let it last for 8 hours from its code on, so that saying it again adds nothing."""
        del act
        until_ms = await self.store.sign_ins.lengthen(
            tx, ask.person.person_id, now_ms=ask.now_ms, lasts_ms=REMEMBERED_MS
        )
        if until_ms is None:
            return refused("over")
        return Found("/remember", facts={"until": clock_time(until_ms)})


@dataclass(frozen=True, slots=True)
class SignInList(Look):
    """Shows an admin their own sign-ins."""

    store: Store
    days: int

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """List them."""
        times = await self.store.sign_ins.newest(
            tx, ask.person.person_id, now_ms=ask.now_ms, limit=_SHOWN
        )
        rows = tuple({"at": clock_time(at_ms)} for at_ms in times)
        return Found("/signins", rows=rows, facts={"days": str(self.days)})
