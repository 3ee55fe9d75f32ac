"""The end of a Page's bot on two nodes that share one PostgreSQL, while people go on writing."""

import asyncio
import itertools
import json
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from bot.clock import SystemClock
from bot.outbound.subscribing import NEEDED
from bot.settings import load_settings
from bot.simulator import Simulator
from bot.simulator.postman import signature
from bot.stores import open_store
from storage import PersonId, Store
from storage.db.tables import inbox, outbox, people
from tests.kit.deployment import APP_SECRET, PAGE, PAGES, Databases, messenger_for
from tests.kit.ports import free_port
from tests.kit.process import TIRELESS_S, Process, write_config
from tests.kit.retiring import order_in, until_done
from tests.storage import raw_files

pytestmark = pytest.mark.long

_OTHER = PAGES[1].id
#: At once, each of them through one node after the other.
_WRITERS = 6
#: So many of the first to come, and of the last; there are thousands.
_LOOKED_FOR = 8


#: Sessions that have begun something and do nothing at the moment.
_UNDER_WAY = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"


@dataclass
class Pair:
    """Two nodes that share what is kept, and a Messenger that posts to both."""

    folder: Path
    simulator: Simulator
    nodes: list[Process]
    webhooks: list[str]
    store: Store
    #: What is in every text, and in nothing else.
    canary: str = field(default_factory=lambda: f"canary{secrets.token_hex(8)}")
    #: Who ever came to the Page.
    psids: list[str] = field(default_factory=list)
    _turns: "itertools.count[int]" = field(default_factory=itertools.count)

    async def comes(self, page_id: str = PAGE) -> str:
        """Let somebody come who is answered."""
        psid = self.add(page_id)
        await self.writes(psid)
        await self.simulator.wait_for(1, psid, timeout_s=20)
        return psid

    def add(self, page_id: str = PAGE) -> str:
        """Add somebody who has not written yet."""
        psid = self.simulator.add_person(page_id)
        if page_id == PAGE:
            self.psids.append(psid)
        return psid

    async def writes(self, psid: str, *, to: int | None = None) -> None:
        """Let a person write to a node, or to the next one."""
        node = next(self._turns) % 2 if to is None else to
        self.simulator.postman.webhook_url = self.webhooks[node]
        await self.simulator.say(psid, f"Hello {self.canary}")

    async def chatters(self) -> None:
        """Let one person after the other come and write, as long as Messenger posts it."""
        while self.simulator.pages[PAGE].fields:
            psid = self.add()
            for _ in range(3):
                await self.writes(psid)

    def count_sent(self) -> int:
        """Count what reached the Page's people."""
        theirs = set(self.psids)
        return sum(one.psid in theirs for one in self.simulator.received)

    async def rows_of_page(self) -> list[PersonId]:
        """Return the people of the Page."""
        async with self.store.read() as tx:
            theirs = sa.select(people.c.person_id).where(people.c.page_id == PAGE)
            return [PersonId(one) for one in (await tx.execute(theirs)).scalars()]

    async def count_waiting(self) -> int:
        """Count what waits to be handled or to leave."""
        async with self.store.read() as tx:
            counts = [sa.select(sa.func.count()).select_from(table) for table in (inbox, outbox)]
            return sum([int((await tx.execute(count)).scalar_one()) for count in counts])

    async def folders(self) -> list[Path]:
        """Return where the databases, and everything beside them, have their files."""
        async with self.store.read() as tx:
            server = Path((await tx.exec_driver_sql("SHOW data_directory")).scalar_one())
            await tx.exec_driver_sql("CHECKPOINT")
        return [self.folder, server]


@asynccontextmanager
async def paired(databases: Databases) -> AsyncIterator[Pair]:
    """Run two nodes until the end of the block."""
    ports = [free_port(), free_port()]
    webhooks = [f"http://127.0.0.1:{port}/webhook" for port in ports]
    async with messenger_for(ports[0], SystemClock()) as simulator:
        simulator.postman.retry_delays_s = TIRELESS_S
        url = simulator.graph_url
        configs = [
            write_config(databases, graph_url=url, port=port, name=f"node-{port}.toml")
            for port in ports
        ]
        nodes = [Process(config) for config in configs]
        for node in nodes:
            await node.start()
        store = open_store(load_settings(configs[0]))
        try:
            yield Pair(databases.folder, simulator, nodes, webhooks, store)
        finally:
            await store.close()
            for node in nodes:
                await node.kill()


async def test_both_nodes_let_go_of_the_page(postgres_databases: Databases) -> None:
    """People write to both all the time; then neither sends, takes in or knows anything of it."""
    async with paired(postgres_databases) as pair:
        early = await asyncio.gather(*(pair.comes() for _ in range(_WRITERS)))
        neighbour = await pair.comes(_OTHER)
        known = await pair.rows_of_page()
        assert len(known) == len(early)
        writers = [asyncio.create_task(pair.chatters()) for _ in range(_WRITERS)]
        await order_in(pair.store, PAGE)
        ended = await until_done(pair.store)
        await asyncio.gather(*writers)
        assert ended.people >= len(early)
        assert ended.at_messenger == "removed"
        sent = pair.count_sent()
        await _posts_late(pair, early[0])
        for heard in (1, 2):
            await pair.writes(neighbour)
            await pair.simulator.wait_for(heard + 1, neighbour, timeout_s=20)
        assert pair.count_sent() == sent
        assert await pair.rows_of_page() == []
        assert await pair.count_waiting() == 0
        assert await pair.store.keyring.find(known) == {}
        secret = [pair.canary, *pair.psids[:_LOOKED_FOR], *pair.psids[-_LOOKED_FOR:]]
        needles = [form for one in secret for form in raw_files.forms_of(one).values()]
        for folder in await pair.folders():
            assert raw_files.count(folder, *needles) == 0, folder.name
        said = "".join(line for node in pair.nodes for line in node.lines).encode()
        assert not raw_files.found(said, secret)
        assert [await node.terminate() for node in pair.nodes] == [0, 0]


async def test_a_node_that_slept_through_the_end_takes_nothing_in(
    postgres_databases: Databases,
) -> None:
    """A machine that stood still for the whole end wakes with an event in hand: it is dropped."""
    async with paired(postgres_databases) as pair:
        await pair.comes()
        awake, asleep = pair.nodes
        pair.simulator.postman.webhook_url = pair.webhooks[0]
        await _falls_asleep(pair, asleep)
        await order_in(pair.store, PAGE)
        assert (await until_done(pair.store)).people == 1
        sent = pair.count_sent()
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(pair.webhooks[1]).port)
        writer.write(_post(_event(pair.add())))
        await writer.drain()
        os.kill(asleep.pid, signal.SIGCONT)
        assert b" 200 " in await reader.readline()
        writer.close()
        assert await pair.rows_of_page() == []
        assert pair.count_sent() == sent
        assert [await node.terminate() for node in (awake, asleep)] == [0, 0]


async def _falls_asleep(pair: Pair, node: Process) -> None:
    """Stop a node between two of its transactions, so that nobody waits for its locks."""
    async with asyncio.timeout(30):
        while True:
            os.kill(node.pid, signal.SIGSTOP)
            async with pair.store.read() as tx:
                if not (await tx.execute(sa.text(_UNDER_WAY))).scalar_one():
                    return
            os.kill(node.pid, signal.SIGCONT)
            await asyncio.sleep(0.05)


def _event(psid: str) -> bytes:
    now_ms = SystemClock().now_ms()
    said = {"mid": f"m_{secrets.token_hex(8)}", "text": "Hello"}
    who = {"sender": {"id": psid}, "recipient": {"id": PAGE}, "timestamp": now_ms, "message": said}
    entry = {"id": PAGE, "time": now_ms, "messaging": [who]}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


def _post(body: bytes) -> bytes:
    head = (
        "POST /webhook HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"X-Hub-Signature-256: {signature(body, app_secret=APP_SECRET)}",
        "Connection: close",
    )
    return "\r\n".join([*head, "", ""]).encode() + body


async def _posts_late(pair: Pair, old: str) -> None:
    """Let both nodes hear of the Page again, as where Messenger repeats what it could not post."""
    pair.simulator.pages[PAGE].fields = frozenset(NEEDED)
    for node in range(2):
        for psid in (old, pair.add()):
            await pair.writes(psid, to=node)
