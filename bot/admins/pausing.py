"""/pause and /resume: what nobody asked for waits, and people are answered as ever."""

from dataclasses import dataclass
from typing import Final

from bot.admins.command import Ask, refused
from bot.admins.gate import Act
from bot.settings import Settings
from flows.kit.found import Found
from storage import Store, Transaction
from storage.holds import MOST_COUNTED, HeldPage

_MOST_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Pausing:
    """Holds a Page, or lets it go on."""

    store: Store
    settings: Settings

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say which Page, and what that means."""
        page_id = self._page(ask)
        if page_id is None:
            return Found(f"/{ask.command}", facts={"which": ask.command}, rows=self._pages())
        held = {one.page_id: one for one in await self.store.holds.list_all(tx)}.get(page_id)
        if (ask.command == "pause") == (held is not None):
            return refused("held" if held else "not_held", page=self.name_of(page_id))
        if held is None:
            return Act(page_id)
        name, count = self.name_of(page_id), _count(held)
        summary = f"{name} is to go on. What waits there and is still of use leaves at once: "
        return Act(page_id, content=str(held.since_ms).encode(), summary=f"{summary}{count}.")

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Hold it, or let it go on; both are durable, and every node goes by them."""
        if ask.command == "pause":
            await self.store.holds.hold(tx, act.object, by=ask.admin.number, now_ms=ask.now_ms)
        else:
            await self.store.holds.let_go(tx, act.object)
        name = self.name_of(act.object)
        return Found(f"/{ask.command}", facts={"page": name, "id": act.object})

    def name_of(self, page_id: str) -> str:
        """Return what a Page is called."""
        return next((page.name for page in self.settings.pages if page.id == page_id), page_id)

    def _page(self, ask: Ask) -> str | None:
        """Return the Page that is meant: by number or name, or the only one there is."""
        meant = " ".join(ask.args).casefold()
        pages = self.settings.pages
        found = [page.id for page in pages if not meant or meant in (page.id, page.name.casefold())]
        return found[0] if len(found) == 1 else None

    def _pages(self) -> tuple[dict[str, str], ...]:
        shown = self.settings.pages[:_MOST_SHOWN]
        return tuple({"id": page.id, "name": page.name} for page in shown)


def _count(held: HeldPage) -> str:
    if held.waiting >= MOST_COUNTED:
        return f"{MOST_COUNTED} messages or more"
    return "1 message" if held.waiting == 1 else f"{held.waiting} messages"
