"""A breach as tests need one: entered, written, and told."""

from collections.abc import Mapping
from typing import Final

from bot.breaches.desk import BreachDesk, Reach
from tests.kit.deployment import PAGES, Deployment

#: Everything that any draft waits for, but the contact, which is configured.
WRITTEN: Final[Mapping[str, str]] = {
    "nature": "A backup disk was stolen from the office.",
    "people_kinds": "people who chat with the Page",
    "people_count": "40",
    "record_kinds": "Messenger ids, consents",
    "record_count": "120",
    "consequences": "They may get unwanted messages.",
    "measures": "The keys were changed.",
    "keys_reached": "no",
    "plain_nature": "A disk with a copy of our data was stolen.",
    "plain_consequences": "Somebody may learn that you wrote to us.",
    "plain_measures": "We changed all keys. You need to do nothing.",
    "facts": "Taken on Sunday night.",
    "effects": "None known.",
    "remedy": "Disks are locked away.",
}
HAPPENED: Final = WRITTEN["plain_nature"]
AUTHOR: Final = "A-1, owner"
_ALL: Final = tuple(page.id for page in PAGES)


async def entered(desk: BreachDesk, *, now_ms: int, without: str = "", **written: str) -> str:
    """Enter a breach with everything that is known of it; return its number."""
    async with desk.store.write() as tx:
        made = await desk.open(tx, aware_at_ms=now_ms, author=AUTHOR, now_ms=now_ms)
        for name, value in {**WRITTEN, **written}.items():
            if name != without:
                await desk.write(tx, made.number, name, value, author=AUTHOR, now_ms=now_ms)
    return made.number


async def told(
    deployment: Deployment, *, pages: tuple[str, ...] = _ALL, categories: tuple[str, ...] = ()
) -> str:
    """Enter a breach and begin to tell people of it, as the gate allows it; return its number."""
    desk, now_ms = BreachDesk(deployment.settings, deployment.bot.store), deployment.clock.now_ms()
    number = await entered(desk, now_ms=now_ms)
    async with desk.store.write() as tx:
        await desk.tell(
            tx, number, pages=pages, categories=categories, author=AUTHOR, now_ms=now_ms
        )
    return number


async def reach_of(deployment: Deployment, number: str) -> Reach:
    """Return how far people were told."""
    desk = BreachDesk(deployment.settings, deployment.bot.store)
    async with desk.store.read() as tx:
        return await desk.reach(tx, await desk.find(tx, number))


async def until_counted(deployment: Deployment, number: str, **counts: int) -> None:
    """Wait until exactly so many notices are in these states, and no others."""

    async def is_so() -> bool:
        return (await reach_of(deployment, number)).counts == counts

    await deployment.until(is_so)
