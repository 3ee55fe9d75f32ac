"""Commands about admins themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.admins.claims import ENROLL, Claims
from bot.admins.command import Ask, Look, refused
from bot.admins.gate import RULES, Act
from bot.clock import clock_time
from bot.outbound.notices import Notices
from flows.kit.found import Found
from storage import Store, Transaction
from storage.admins import Admin

_PER_PAGE: Final = 15
_TOO_LONG: Final = 9


@dataclass(frozen=True, slots=True)
class Help(Look):
    """Shows what this admin may do: all in short, or everything behind one word."""

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """List the commands of a role."""
        del tx
        theirs = {
            name: rule
            for name, rule in RULES.items()
            if ask.admin.role in rule.roles and (name != ENROLL or not ask.admin.proved_at_ms)
        }
        topic = ask.args[0].lstrip("/").casefold() if ask.args else ""
        about = [name for name in theirs if name.split()[0] == topic]
        # What stands behind a word that is a command itself is told when it is asked for.
        heads = [name for name in theirs if " " not in name or name.split()[0] not in theirs]
        rows = tuple(
            {
                "usage": theirs[name].usage,
                "does": theirs[name].does,
                "more": "" if about or not _has_more(name, theirs) else name,
            }
            for name in about or heads
        )
        facts = {"name": ask.admin.name, "role": ask.admin.role}
        return Found("/help", rows=rows, facts=facts)


def _has_more(name: str, theirs: Iterable[str]) -> bool:
    """Tell whether commands stand behind a word."""
    return any(other.startswith(f"{name} ") for other in theirs)


@dataclass(frozen=True, slots=True)
class Admins(Look):
    """Lists admins."""

    store: Store

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """List them by number and role."""
        rows = tuple(
            {
                "name": one.name,
                "role": one.role,
                "is_you": " (you)" if one == ask.admin else "",
                "is_ready": "" if one.proved_at_ms else ", no code used yet",
            }
            for one in await self.store.admins.list_all(tx)
        )
        return Found("/admins", rows=rows)


@dataclass(frozen=True, slots=True)
class Revoke:
    """Makes an admin a person like all others."""

    store: Store
    notices: Notices

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say who would be revoked."""
        if len(ask.args) != 1:
            return refused("usage", usage=RULES[ask.command].usage)
        admin = await named(tx, self.store, ask.args[0])
        if admin is None:
            return refused("no_admin", name=ask.args[0][:20])
        if await is_last_owner(tx, self.store, admin):
            return refused("last_owner", name=admin.name)
        summary = f"{admin.name}, {admin.role}, is to be no admin any more."
        return Act(admin.name, content=admin.role.encode(), summary=summary)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Revoke them and tell them."""
        admin = await named(tx, self.store, act.object)
        if admin is None:
            return refused("over")
        await revoke(tx, self.store, self.notices, admin, now_ms=ask.now_ms)
        return Found("/admin revoke", facts={"name": admin.name})


@dataclass(frozen=True, slots=True)
class Audit(Look):
    """Shows what admins did."""

    store: Store

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """List acts, the newest first, or those before a place in the ledger."""
        before = ask.args[0] if ask.args else ""
        if len(ask.args) > 1 or (before and not (before.isascii() and before.isdecimal())):
            return refused("usage", usage="/audit, or /audit 120 for what was before line 120")
        acts = await self.store.admin_acts.newest(
            tx, limit=_PER_PAGE, before=int(before[:12]) if before else None
        )
        rows = tuple(
            {
                "index": str(one.index),
                "at": clock_time(one.act.at_ms),
                "actor": one.act.actor,
                "role": one.act.role,
                "act": one.act.act,
                "object": one.act.object,
            }
            for one in acts
        )
        older = str(acts[-1].index) if len(acts) == _PER_PAGE else ""
        return Found("/audit", rows=rows, facts={"older": older})


@dataclass(frozen=True, slots=True)
class Enroll(Look):
    """Gives a new page for the authenticator app, until the first code was right."""

    claims: Claims

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """Make the page."""
        if ask.admin.proved_at_ms:
            return refused("enrolled")
        return Found("/enroll", url=await self.claims.page(tx, ask.admin, now_ms=ask.now_ms))


async def named(tx: Transaction, store: Store, name: str) -> Admin | None:
    """Return the admin whom somebody means with A-2, a2 or 2."""
    number = name.strip().upper().removeprefix("A").lstrip("- ")
    if not (number.isascii() and number.isdecimal() and len(number) < _TOO_LONG):
        return None
    return await store.admins.numbered(tx, int(number))


async def is_last_owner(tx: Transaction, store: Store, admin: Admin) -> bool:
    """Tell whether nobody else is an owner; that stays so until this transaction ends."""
    owners = await store.admins.lock_owners(tx)
    return [owner.number for owner in owners] == [admin.number]


async def revoke(
    tx: Transaction, store: Store, notices: Notices, admin: Admin, *, now_ms: int
) -> None:
    """Revoke an admin, and tell them in their chat."""
    person = await store.people.get(tx, admin.person_id)
    await store.admins.revoke(tx, admin, now_ms=now_ms)
    if person is not None and person.key:
        told = (
            "You are no admin of this Page any more. Your code and your sign-ins are deleted; "
            f"what {admin.name} did stays on record under that number."
        )
        await notices.tell_admin(tx, person, told, now_ms=now_ms)
