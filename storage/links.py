"""Links to pages that are one person's alone: 256 random bits, kept as a hash, good for one use.

Looking does not spend a link, because previews look too; what happens there does.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_or_update
from storage.db.engine import Database
from storage.db.tables import links
from storage.records import PersonId

#: What a page is for.
Use = Literal["export", "bring_back", "detail", "unsubscribe", "enroll", "evidence"]

_TOKEN_BYTES = 32
#: Messages are kept for years, and the link in them that ends it goes on working.
UNSUBSCRIBE_MS: Final = 2 * 365 * 86_400_000


@dataclass(frozen=True, slots=True)
class Link:
    """What is known of a link, to whoever has its secret part."""

    person_id: PersonId
    use: str
    #: Which detail or purpose it is about, if about one.
    about: str | None
    expires_at_ms: int
    spent_at_ms: int | None

    def is_open(self, now_ms: int) -> bool:
        """Tell whether it can still be used."""
        return self.spent_at_ms is None and now_ms < self.expires_at_ms


class Links:
    """Makes links, shows them, and lets each be spent once."""

    def __init__(self, database: Database) -> None:
        self._keep = insert_or_update(database, links, ("expires_at_ms",))

    async def make(
        self,
        tx: AsyncConnection,
        person: PersonId,
        use: Use,
        *,
        now_ms: int,
        expires_at_ms: int,
        about: str | None = None,
    ) -> str:
        """Make a link and return its secret part, which is kept nowhere."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        row = {
            "token_hash": _hash_of(token),
            "person_id": person,
            "use": use,
            "about": about,
            "made_at_ms": now_ms,
            "expires_at_ms": expires_at_ms,
        }
        await tx.execute(links.insert(), [row])
        return token

    async def make_lasting(
        self,
        tx: AsyncConnection,
        keys: Mapping[PersonId, bytes],
        use: Use,
        *,
        about: str,
        now_ms: int,
        expires_at_ms: int,
    ) -> dict[PersonId, str]:
        """Make links that stay the same however often they are made; return their secret parts.

        The secret is made from the person's own key and kept nowhere, so a hundred messages need
        one row, which lasts from the newest of them on.
        """
        tokens = {person: _derived(key, use, about) for person, key in keys.items()}
        rows = [
            {
                "token_hash": _hash_of(token),
                "person_id": person,
                "use": use,
                "about": about,
                "made_at_ms": now_ms,
                "expires_at_ms": expires_at_ms,
            }
            for person, token in tokens.items()
        ]
        if rows:
            await tx.execute(self._keep, rows)
        return tokens

    async def look(self, tx: AsyncConnection, token: str, use: Use) -> Link | None:
        """Return a link without spending it; None where there is none for this use."""
        query = links.select().where(links.c.token_hash == _hash_of(token), links.c.use == use)
        row = (await tx.execute(query)).first()
        if row is None:
            return None
        person = PersonId(row.person_id)
        return Link(person, row.use, row.about, row.expires_at_ms, row.spent_at_ms)

    async def spend(self, tx: AsyncConnection, token: str, use: Use, *, now_ms: int) -> bool:
        """Use a link up; return whether it was still good. Of two at once, one wins."""
        done = await tx.execute(
            links.update()
            .where(links.c.token_hash == _hash_of(token), links.c.use == use)
            .where(links.c.spent_at_ms.is_(None), links.c.expires_at_ms > now_ms)
            .values(spent_at_ms=now_ms)
        )
        return done.rowcount > 0

    async def spend_open(
        self, tx: AsyncConnection, person: PersonId, use: Use, *, now_ms: int
    ) -> bool:
        """Use up every open link of a person for a use; return whether there was one."""
        done = await tx.execute(
            links.update()
            .where(links.c.person_id == person, links.c.use == use)
            .where(links.c.spent_at_ms.is_(None), links.c.expires_at_ms > now_ms)
            .values(spent_at_ms=now_ms)
        )
        return done.rowcount > 0

    async def oldest_since(
        self, tx: AsyncConnection, person: PersonId, use: Use, since_ms: int
    ) -> int | None:
        """Return when the oldest of the links counted by `count_since` was made."""
        query = sa.select(sa.func.min(links.c.made_at_ms)).where(
            links.c.person_id == person, links.c.use == use, links.c.made_at_ms > since_ms
        )
        found: int | None = (await tx.execute(query)).scalar_one()
        return found

    async def count_since(
        self, tx: AsyncConnection, person: PersonId, use: Use, since_ms: int
    ) -> int:
        """Return how many links for a use were made for a person since then."""
        query = sa.select(sa.func.count()).where(
            links.c.person_id == person, links.c.use == use, links.c.made_at_ms > since_ms
        )
        return int((await tx.execute(query)).scalar_one())


def _derived(key: bytes, use: str, about: str) -> str:
    """Return the secret part of a lasting link; whoever has it learns nothing of the key."""
    made = hmac.digest(key, f"chatmagico/link/1/{use}/{about}".encode(), "sha256")
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def _hash_of(token: str) -> bytes:
    """Return what a link is found by; its secret part is random enough not to need a key."""
    return hashlib.sha256(token.encode()).digest()
