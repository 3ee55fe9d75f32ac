"""Admins: people on a Page who have a number and a role, made with a code that counts once.

An admin's seed is sealed under their own key. The number stays, when they are gone, for the audit.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.admin_tables import (
    admin_invites,
    admin_numbers,
    admin_sessions,
    admin_sign_ins,
    admin_tries,
    admins,
    pending_acts,
)
from storage.db.alert_tables import alert_tellings
from storage.db.tables import links
from storage.letters import in_groups, random_letters
from storage.links import Use
from storage.records import PersonId
from storage.vault.sealing import Cell, SealedBytes, open_sealed, seal

Role = Literal["owner", "sender", "privacy officer", "viewer"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
INVITE_LASTS_MS: Final = 15 * 60_000
_CODE_LETTERS: Final = 12
#: What goes with an admin, at once.
_THEIRS: Final = (admin_sessions, admin_sign_ins, admin_tries, pending_acts, alert_tellings, admins)
#: What the links are for that admins are given.
_LINKS: Final[tuple[Use, ...]] = ("enroll", "evidence")


@dataclass(frozen=True, slots=True)
class Admin:
    """A person who may give commands."""

    person_id: PersonId
    number: int
    role: Role
    #: Has a seed, so that they can prove themselves.
    is_enrolled: bool = False
    #: When their first code was right; None where none was yet.
    proved_at_ms: int | None = None

    @property
    def name(self) -> str:
        """Return what they are called everywhere: A-1."""
        return f"A-{self.number}"


class Admins:
    """Makes, finds and revokes admins."""

    async def invite(self, tx: AsyncConnection, role: Role, *, now_ms: int) -> str:
        """Make a code that makes whoever claims it an admin; it is kept as a hash only."""
        letters = random_letters(_CODE_LETTERS)
        row = {
            "code_hash": _hash_of(letters),
            "role": role,
            "expires_at_ms": now_ms + INVITE_LASTS_MS,
        }
        await tx.execute(admin_invites.insert(), [row])
        return in_groups(letters)

    async def spend_invite(self, tx: AsyncConnection, code: str, *, now_ms: int) -> Role | None:
        """Use a code up and return its role; None where it is none, or is over."""
        mine = admin_invites.c.code_hash == _hash_of(code)
        spent = await tx.execute(
            sa.delete(admin_invites)
            .where(mine, admin_invites.c.expires_at_ms > now_ms)
            .returning(admin_invites.c.role)
        )
        role: Role | None = spent.scalar()
        return role

    async def is_invited(self, tx: AsyncConnection, role: Role, *, now_ms: int) -> bool:
        """Tell whether a code for a role waits to be claimed."""
        waits = (admin_invites.c.role == role) & (admin_invites.c.expires_at_ms > now_ms)
        return bool((await tx.execute(sa.select(sa.exists().where(waits)))).scalar())

    async def make(
        self, tx: AsyncConnection, person: PersonId, role: Role, *, now_ms: int
    ) -> Admin:
        """Make a person an admin under the next number."""
        newest = await tx.execute(sa.select(sa.func.max(admin_numbers.c.number)))
        number = (newest.scalar() or 0) + 1
        await tx.execute(admin_numbers.insert(), [{"number": number, "since_ms": now_ms}])
        row = {"person_id": person, "number": number, "role": role}
        await tx.execute(admins.insert(), [row])
        return Admin(person, number, role)

    async def set_role(self, tx: AsyncConnection, admin: Admin, role: Role) -> Admin:
        """Give an admin another role; what they had begun ends."""
        mine = admins.c.person_id == admin.person_id
        await tx.execute(admins.update().where(mine).values(role=role))
        for table in (admin_sessions, pending_acts):
            await tx.execute(table.delete().where(table.c.person_id == admin.person_id))
        return replace(admin, role=role)

    async def end_begun(self, tx: AsyncConnection) -> None:
        """End all sessions, acts that wait, invitations and pages: they may be over already."""
        for table in (admin_sessions, pending_acts, admin_invites):
            await tx.execute(table.delete())
        await tx.execute(links.delete().where(links.c.use.in_(_LINKS)))

    async def of(self, tx: AsyncConnection, person: PersonId) -> Admin | None:
        """Return a person as an admin, if they are one now."""
        row = (await tx.execute(admins.select().where(admins.c.person_id == person))).first()
        return _admin(row) if row else None

    async def numbered(self, tx: AsyncConnection, number: int) -> Admin | None:
        """Return the admin with a number, if there is one now."""
        row = (await tx.execute(admins.select().where(admins.c.number == number))).first()
        return _admin(row) if row else None

    async def list_all(self, tx: AsyncConnection) -> list[Admin]:
        """Return everybody who is an admin now, by number."""
        return [_admin(row) for row in await tx.execute(admins.select().order_by(admins.c.number))]

    async def has_lost_one(self, tx: AsyncConnection, *, since_ms: int) -> bool:
        """Tell whether somebody who was an admin at that time is none any more."""
        gone = sa.exists().where(admin_numbers.c.until_ms > since_ms)
        return bool((await tx.execute(sa.select(gone))).scalar())

    async def lock_owners(self, tx: AsyncConnection) -> list[Admin]:
        """Return the owners; nobody removes one of them until this transaction ends."""
        owners = admins.select().where(admins.c.role == "owner").order_by(admins.c.number)
        return [_admin(row) for row in await tx.execute(owners.with_for_update())]

    async def revoke(self, tx: AsyncConnection, admin: Admin, *, now_ms: int) -> None:
        """Make an admin a person like all others: seed, sessions and sign-ins go at once."""
        await end_admins(tx, [admin.person_id], now_ms=now_ms)

    async def put_seed(self, tx: AsyncConnection, admin: Admin, key: bytes, seed: str) -> bool:
        """Keep the seed of an admin's codes; False where the one before gave a right code."""
        mine = (admins.c.person_id == admin.person_id) & admins.c.proved_at_ms.is_(None)
        sealed = seal(key, seed.encode(), _cell(admin.person_id))
        done = await tx.execute(admins.update().where(mine).values(seed=sealed, last_step=0))
        return done.rowcount > 0

    async def seed_of(self, tx: AsyncConnection, admin: Admin, key: bytes) -> str | None:
        """Return the seed of an admin's codes; None where they have none yet."""
        query = sa.select(admins.c.seed).where(admins.c.person_id == admin.person_id)
        kept = (await tx.execute(query)).scalar()
        if kept is None:
            return None
        return open_sealed(key, SealedBytes(kept), _cell(admin.person_id)).decode()

    async def use_step(self, tx: AsyncConnection, admin: Admin, step: int, *, now_ms: int) -> bool:
        """Use up the step of a right code; False where it, or a later one, was used before."""
        unused = (admins.c.person_id == admin.person_id) & (admins.c.last_step < step)
        proved = sa.func.coalesce(admins.c.proved_at_ms, now_ms)
        done = await tx.execute(
            admins.update().where(unused).values(last_step=step, proved_at_ms=proved)
        )
        return done.rowcount > 0


async def end_admins(tx: AsyncConnection, who: Sequence[PersonId], *, now_ms: int) -> None:
    """Let these people be admins no more, those of them that are."""
    numbers = sa.select(admins.c.number).where(admins.c.person_id.in_(who))
    theirs = admin_numbers.c.number.in_(list((await tx.execute(numbers)).scalars()))
    await tx.execute(admin_numbers.update().where(theirs).values(until_ms=now_ms))
    for table in _THEIRS:
        await tx.execute(table.delete().where(table.c.person_id.in_(who)))


def _admin(row: Any) -> Admin:
    return Admin(
        PersonId(row.person_id), row.number, row.role, row.seed is not None, row.proved_at_ms
    )


def _hash_of(code: str) -> bytes:
    """Return what a code is found by; it is random enough not to need a key."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).digest()


def _cell(person: PersonId) -> Cell:
    return Cell("admins", "seed", person, person)
