"""Puts together what carries broadcasts out."""

from collections.abc import Callable, Mapping

from bot.broadcasts.broadcaster import Broadcaster
from bot.broadcasts.leave import Leave
from bot.broadcasts.printing import Printer
from bot.broadcasts.telling import Author
from bot.clock import Clock
from bot.outbound.errors import MessageRefused
from bot.outbound.graph import Graph
from bot.outbound.notices import notices_of
from bot.settings import Settings
from storage import Store, Transaction


def broadcaster_of(
    settings: Settings,
    store: Store,
    clock: Clock,
    lines: Mapping[str, Graph],
    wake_sender: Callable[[], None],
) -> Broadcaster:
    """Return what carries a deployment's broadcasts out."""

    async def upload_picture(page_id: str, url: str) -> str:
        payload = {"url": url, "is_reusable": True}
        message = {"attachment": {"type": "image", "payload": payload}}
        answer = await lines[page_id].post(f"{page_id}/message_attachments", {"message": message})
        found = str(answer.get("attachment_id", ""))
        if not found.isdecimal():
            raise MessageRefused
        return found

    author = Author(store, notices_of(settings, store))

    async def tell(tx: Transaction, number: int, what: str) -> None:
        await author.tell(tx, number, what, now_ms=clock.now_ms())
        wake_sender()

    return Broadcaster(
        store,
        clock,
        Printer(settings, store),
        Leave(store, settings.pace.two_admins_above),
        per_s=settings.pace.broadcasts_per_s,
        sends_mail=settings.mail is not None,
        wake_sender=wake_sender,
        tell=tell,
        upload_picture=upload_picture,
    )
