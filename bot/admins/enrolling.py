"""The page's side of setting up an authenticator app: its link is spent, then the seed is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot import qr
from bot.admins import totp
from bot.admins.claims import ENROLL
from bot.clock import Clock
from bot.outbound.notices import Notices
from bot.pages.enroll import Shown
from storage import Store
from storage.admin_acts import AdminAct

_TOLD: Final = (
    "The secret of your authenticator app was shown on the page just now. Type /signins and give "
    "its code. If that was not you, type /enroll: it makes another secret, and that one ends."
)


@dataclass(frozen=True, slots=True)
class Enrolling:
    """Makes seeds for whoever has the secret part of a link."""

    store: Store
    clock: Clock
    notices: Notices
    #: Begins to send what was queued.
    wake: Callable[[], None]
    #: Under whose name the app lists it.
    issuer: str

    async def is_open(self, token: str) -> bool:
        """Tell whether a link still gives out a seed; looking spends nothing."""
        async with self.store.read(is_quick=True) as tx:
            link = await self.store.links.look(tx, token, ENROLL)
        return link is not None and link.is_open(self.clock.now_ms())

    async def enroll(self, token: str) -> Shown | None:
        """Spend a link, keep a new seed and return it; None where the link is no good any more."""
        now_ms, store = self.clock.now_ms(), self.store
        async with store.write(is_quick=True) as tx:
            link = await store.links.look(tx, token, ENROLL)
            person = await store.people.get(tx, link.person_id) if link else None
            admin = await store.admins.of(tx, person.person_id) if person else None
            if person is None or admin is None or not person.key:
                return None
            # The link is bound to its claim: another number, or a code that was right, ends it.
            if link is None or link.about != admin.name or admin.proved_at_ms:
                return None
            if not await store.links.spend(tx, token, ENROLL, now_ms=now_ms):
                return None
            seed = totp.new_seed()
            if not await store.admins.put_seed(tx, admin, person.key, seed):
                return None  # a code was right just now
            act = AdminAct(admin.name, admin.role, "admin enroll", admin.name, "", now_ms)
            store.admin_acts.note(tx, act)
            await self.notices.tell_admin(tx, person, _TOLD, now_ms=now_ms)
        self.wake()
        address = totp.address(seed, name=admin.name, issuer=self.issuer)
        return Shown(name=admin.name, seed=seed, qr=qr.for_page(address))
