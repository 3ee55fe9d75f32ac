"""Becoming an admin: a code from the server makes whoever types it one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.admins.command import refused
from flows.kit.found import NOT_A_COMMAND, Found
from storage import KnownPerson, Store, Transaction
from storage.admin_acts import AdminAct
from storage.admins import Admin, Role

_LINK_LASTS_MS: Final = 15 * 60_000
ENROLL: Final = "enroll"


@dataclass(frozen=True, slots=True)
class Claims:
    """Makes admins of those who have a code."""

    store: Store
    #: Makes the address of the page on which an app is set up.
    page_url: Callable[[str], str]
    sign_in_days: int

    async def claim(
        self, tx: Transaction, person: KnownPerson, admin: Admin | None, code: str, *, now_ms: int
    ) -> Found:
        """Make a person an admin, or give an admin another role; a wrong code is no command."""
        role = await self.store.admins.spend_invite(tx, code, now_ms=now_ms)
        if role is None:
            return refused("usage", usage="/admin claim CODE") if admin else NOT_A_COMMAND
        if admin is not None:
            return await self._change(tx, admin, role, now_ms=now_ms)
        made = await self.store.admins.make(tx, person.person_id, role, now_ms=now_ms)
        self._note(tx, made, "admin claim", now_ms)
        url = await self.page(tx, made, now_ms=now_ms)
        facts = {"name": made.name, "role": role, "days": str(self.sign_in_days)}
        return Found("admin_claimed", url=url, facts=facts)

    async def page(self, tx: Transaction, admin: Admin, *, now_ms: int) -> str:
        """Make a page on which an app is set up; empty for the first owner, who has a terminal."""
        owners = await self.store.admins.lock_owners(tx)
        is_first = [owner.number for owner in owners[:1]] == [admin.number]
        if is_first and not any(owner.proved_at_ms for owner in owners):
            return ""
        who, until_ms = admin.person_id, now_ms + _LINK_LASTS_MS
        await self.store.links.spend_open(tx, who, ENROLL, now_ms=now_ms)
        token = await self.store.links.make(
            tx, who, ENROLL, now_ms=now_ms, expires_at_ms=until_ms, about=admin.name
        )
        return self.page_url(token)

    async def _change(self, tx: Transaction, admin: Admin, role: Role, *, now_ms: int) -> Found:
        owners = await self.store.admins.lock_owners(tx)
        if role != "owner" and [owner.number for owner in owners] == [admin.number]:
            return refused("last_owner", name=admin.name)
        changed = await self.store.admins.set_role(tx, admin, role)
        self._note(tx, changed, "admin role", now_ms)
        return Found("admin_role", facts={"name": changed.name, "role": changed.role})

    def _note(self, tx: Transaction, admin: Admin, act: str, now_ms: int) -> None:
        line = AdminAct(admin.name, admin.role, act, admin.name, "", now_ms)
        self.store.admin_acts.note(tx, line)
