"""What a person gave of their own will: name, e-mail, phone, time zone. Each value is sealed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codes import drop_code
from storage.db.dialects import insert_or_update
from storage.db.engine import Database
from storage.db.tables import details
from storage.records import PersonId
from storage.vault.sealing import Cell, open_sealed, seal

#: What can be given; never a birth date.
Field = Literal["name", "email", "phone", "time_zone"]
FIELDS: tuple[Field, ...] = get_args(Field)


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing a person gave."""

    name: Field
    value: str = field(repr=False)
    given_at_ms: int
    #: When the person proved that an address is theirs; None where they have not.
    verified_at_ms: int | None = None


class Details:
    """Keeps what people gave."""

    def __init__(self, database: Database) -> None:
        columns = ("value", "given_at_ms", "verified_at_ms")
        self._set = insert_or_update(database, details, columns)

    async def put(self, tx: AsyncConnection, person: PersonId, key: bytes, given: Detail) -> None:
        """Keep a detail in place of what was given before; an old code counts no more.

        The same value again changes nothing: it would cost the proof that an address is theirs.
        """
        old = (await self.of(tx, person, key)).get(given.name)
        if old is not None and old.value == given.value:
            return
        row = {
            "person_id": person,
            "field": given.name,
            "value": seal(key, given.value.encode(), _cell(person, given.name)),
            "given_at_ms": given.given_at_ms,
            "verified_at_ms": given.verified_at_ms,
        }
        await tx.execute(self._set, [row])
        if given.name == "email":
            await drop_code(tx, person)

    async def of(self, tx: AsyncConnection, person: PersonId, key: bytes) -> dict[Field, Detail]:
        """Return everything a person gave."""
        rows = await tx.execute(details.select().where(details.c.person_id == person))
        found = {
            row.field: Detail(
                row.field,
                open_sealed(key, row.value, _cell(person, row.field)).decode(),
                row.given_at_ms,
                row.verified_at_ms,
            )
            for row in rows
        }
        return {name: found[name] for name in FIELDS if name in found}

    async def verified_email(self, tx: AsyncConnection, person: PersonId, key: bytes) -> str | None:
        """Return the e-mail address that a person proved to be theirs; None where there is none."""
        email = (await self.of(tx, person, key)).get("email")
        return email.value if email and email.verified_at_ms is not None else None

    async def verified_emails(
        self, tx: AsyncConnection, keys: Mapping[PersonId, bytes]
    ) -> dict[PersonId, str]:
        """Return the addresses that these people, given with their keys, proved to be theirs."""
        proven = details.select().where(
            details.c.person_id.in_(list(keys)),
            details.c.field == "email",
            details.c.verified_at_ms.is_not(None),
        )
        return {
            PersonId(row.person_id): open_sealed(
                keys[row.person_id], row.value, _cell(row.person_id, row.field)
            ).decode()
            for row in await tx.execute(proven)
        }

    async def remove(self, tx: AsyncConnection, person: PersonId, name: Field) -> bool:
        """Delete a detail; return whether there was one."""
        if name == "email":
            await drop_code(tx, person)
        mine = (details.c.person_id == person) & (details.c.field == name)
        return (await tx.execute(details.delete().where(mine))).rowcount > 0

    async def mark_verified(self, tx: AsyncConnection, person: PersonId, *, now_ms: int) -> None:
        """Note that a person's e-mail address is theirs."""
        mine = (details.c.person_id == person) & (details.c.field == "email")
        await tx.execute(sa.update(details).where(mine).values(verified_at_ms=now_ms))

    async def keep_only(
        self, tx: AsyncConnection, person: PersonId, needed: Collection[Field]
    ) -> int:
        """Delete every detail that nothing needs any more; return how many."""
        if "email" not in needed:
            await drop_code(tx, person)
        mine = (details.c.person_id == person) & details.c.field.not_in(needed)
        return (await tx.execute(details.delete().where(mine))).rowcount


def _cell(person: PersonId, name: str) -> Cell:
    return Cell("details", "value", name.encode(), person)
