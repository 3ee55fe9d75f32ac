"""Compares codes, opens sessions, and tells admins what happens around them."""

from dataclasses import dataclass
from typing import Final

from bot.admins.command import refused
from bot.admins.totp import step_of
from bot.clock import clock_time
from bot.outbound.notices import Notices
from flows.kit.found import Found
from storage import KnownPerson, Store, Transaction
from storage.admins import Admin

SESSION_MS: Final = 15 * 60_000
REMEMBERED_MS: Final = 8 * 3_600_000
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Proving:
    """Knows whether an admin is who they say."""

    store: Store
    notices: Notices
    #: How long a sign-in stays on record.
    sign_in_days: int

    async def check(
        self, tx: Transaction, admin: Admin, person: KnownPerson, code: str, *, now_ms: int
    ) -> Found | None:
        """Compare a code; return what is wrong with it, or None."""
        signs, who = self.store.sign_ins, admin.person_id
        left = await signs.take_try(tx, who, now_ms=now_ms)
        if left is None:
            return refused("locked")
        seed = await self.store.admins.seed_of(tx, admin, person.key)
        step = None if seed is None else step_of(seed, code, now_ms=now_ms)
        if step is None or not await self.store.admins.use_step(tx, admin, step, now_ms=now_ms):
            return Found("admin_code", facts={"left": str(left)}) if left else refused("locked")
        await signs.forget_tries(tx, who)
        return None

    async def open_session(self, tx: Transaction, admin: Admin, *, now_ms: int) -> str:
        """Open a session, or prolong it; return until when, empty where the admin had one."""
        signs, who = self.store.sign_ins, admin.person_id
        had_session = await signs.session_end(tx, who, now_ms=now_ms) is not None
        await signs.open_session(tx, who, now_ms=now_ms, ends_at_ms=now_ms + SESSION_MS)
        expires_at_ms = now_ms + self.sign_in_days * _DAY_MS
        await signs.note(tx, who, now_ms=now_ms, expires_at_ms=expires_at_ms)
        return "" if had_session else clock_time(now_ms + SESSION_MS)

    async def tell(self, tx: Transaction, person: KnownPerson, text: str, *, now_ms: int) -> None:
        """Tell an admin something they did not just ask for, in their chat or else by e-mail."""
        await self.notices.tell_admin(tx, person, text, now_ms=now_ms)

    async def tell_others(self, tx: Transaction, admin: Admin, text: str, *, now_ms: int) -> None:
        """Tell all other admins something."""
        for other in await self.store.admins.list_all(tx):
            person = await self.store.people.get(tx, other.person_id)
            if other != admin and person is not None and person.key:
                await self.tell(tx, person, text, now_ms=now_ms)
