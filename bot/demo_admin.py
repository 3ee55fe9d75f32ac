"""The demo's owner: an invitation, and an authenticator app that the page shows.

Only the demo has this. Its clock can be moved, so an app on a phone would soon disagree with it.
"""

from pathlib import Path

from bot.admins import totp
from bot.admins.first_owner import enroll_first_owner
from bot.clock import Clock
from bot.secret_files import read, replace
from storage import Store, Transaction
from storage.admins import INVITE_LASTS_MS


class DemoAdmin:
    """Lets whoever tries the demo be its owner.

    Raises:
        SecretFileUnusable: The file with the seed can't be read or written.
    """

    def __init__(self, store: Store, clock: Clock, seed_file: Path) -> None:
        if not seed_file.exists():
            replace(seed_file, totp.new_seed())
        self._seed = read(seed_file)
        self._store = store
        self._clock = clock
        self._code = ""
        self._renew_at_ms = 0

    async def shown(self) -> dict[str, str]:
        """Return what to type to become the owner; once somebody is, the app's digits of now."""
        now_ms = self._clock.now_ms()
        async with self._store.read() as tx:
            owners = [one for one in await self._store.admins.list_all(tx) if one.role == "owner"]
        if not owners:
            return {"type": f"/admin claim {await self._invitation(now_ms)}"}
        if not any(owner.is_enrolled for owner in owners):
            async with self._store.write() as tx:
                await self._enroll(tx, now_ms)
        return {"digits": totp.code_at(self._seed, now_ms=now_ms)}

    async def _invitation(self, now_ms: int) -> str:
        if now_ms >= self._renew_at_ms:
            async with self._store.write() as tx:
                self._code = await self._store.admins.invite(tx, "owner", now_ms=now_ms)
            self._renew_at_ms = now_ms + INVITE_LASTS_MS // 2
        return self._code

    async def _enroll(self, tx: Transaction, now_ms: int) -> None:
        # The step before: the digits that the page shows now are still good for signing in.
        before_ms = now_ms - totp.STEP_MS
        code = totp.code_at(self._seed, now_ms=before_ms)
        await enroll_first_owner(tx, self._store, self._seed, code, now_ms=now_ms)
