"""Whether all machines have the same secrets: they compare check digits, never the secrets.

Each machine may have key files of its own. Where two of them made the secret of one number, each
would wrap keys that the other can't open; so whoever noted a number first is right.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.erasure_tables import secret_checks
from storage.errors import SecretForeign
from storage.vault.held import HeldSecrets


class SecretChecks:
    """Compares this process's secrets with those that were noted in the keys database."""

    def __init__(self, database: Database, held: HeldSecrets) -> None:
        self._database = database
        self._held = held

    async def require_alike(self) -> None:
        """Compare, and change nothing.

        Raises:
            SecretForeign: A secret here is another one than that of the same number elsewhere.
        """
        async with self._database.read() as tx:
            await self._compare(tx)

    async def note(self) -> int:
        """Note what is new here, where all else is alike; return the newest number anywhere.

        Raises:
            SecretForeign: A secret here is another one than that of the same number elsewhere.
        """
        async with self._database.write() as tx:
            await self._compare(tx)
            rows = [
                {"number": number, "check_digits": check}
                for number, check in self._held.checks().items()
            ]
            await tx.execute(insert_new(self._database, secret_checks), rows)
            return await self._compare(tx)  # another node may have been first just now

    async def newest(self) -> int:
        """Return the newest number that any machine has a secret of."""
        async with self._database.read() as tx:
            return max(await _noted(tx), default=0)

    async def _compare(self, tx: AsyncConnection) -> int:
        noted = await _noted(tx)
        for number, check in self._held.checks().items():
            if noted.get(number, check) != check:
                raise SecretForeign(secret=f"epoch {number}" if number else "root")
        return max(noted, default=0)


async def _noted(tx: AsyncConnection) -> dict[int, bytes]:
    rows = await tx.execute(sa.select(secret_checks.c.number, secret_checks.c.check_digits))
    return {row.number: row.check_digits for row in rows}
