"""Nodes: one process per SQLite file; on PostgreSQL the dead are told from the living."""

import asyncio
import sys

import pytest
import sqlalchemy as sa

from storage import AlreadyServed
from storage.db.node_tables import nodes
from storage.nodes import Node, join, list_alive
from tests.kit.deployment import Databases
from tests.kit.postgres import PostgresServer
from tests.storage.conftest import ON_POSTGRESQL, ON_SQLITE, OpenStore
from tests.storage.make import NOON_MS, World

#: Joins, says so, and stays until its standard input closes.
_SERVE = """
import asyncio, sys
from storage.db.engine import Database
from storage.nodes import join

async def serve():
    node = await join(Database(sys.argv[1]), now_ms=0)
    print("serving", flush=True)
    sys.stdin.read()

asyncio.run(serve())
"""


async def serving(url: str) -> asyncio.subprocess.Process:
    """Start another process that tries to serve a database."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _SERVE,
        url,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def alive(world: World, own: Node) -> set[str]:
    """Return the nodes that live, as `own` sees it."""
    async with world.store.write() as tx:
        return set(await list_alive(world.store.main, tx, own))


@ON_SQLITE
async def test_a_second_process_is_refused(world: World, databases: Databases) -> None:
    """While one process serves a SQLite file, another one ends with AlreadyServed."""
    node = await join(world.store.main, now_ms=NOON_MS)
    second = await serving(databases.url)
    _, said = await second.communicate()
    assert second.returncode
    assert "AlreadyServed" in said.decode()
    await node.leave()


@ON_SQLITE
async def test_a_killed_process_gives_way(world: World, databases: Databases) -> None:
    """The file is free as soon as the process that served it is gone, however it went."""
    first = await serving(databases.url)
    assert first.stdout is not None
    assert await first.stdout.readline() == b"serving\n"
    with pytest.raises(AlreadyServed):
        await join(world.store.main, now_ms=NOON_MS)
    first.kill()
    await first.communicate()
    node = await join(world.store.main, now_ms=NOON_MS)
    assert await alive(world, node) == {node.node_id}
    await node.leave()


@ON_SQLITE
async def test_a_file_can_be_served_again_after_leaving(world: World) -> None:
    """Leaving gives the file free, in the same process too."""
    first = await join(world.store.main, now_ms=NOON_MS)
    with pytest.raises(AlreadyServed):
        await join(world.store.main, now_ms=NOON_MS)
    await first.leave()
    second = await join(world.store.main, now_ms=NOON_MS)
    assert second.node_id != first.node_id
    await second.leave()


@ON_POSTGRESQL
async def test_nodes_know_of_each_other(world: World, open_store: OpenStore) -> None:
    """Every living node sees all the others."""
    one = await join(world.store.main, now_ms=NOON_MS)
    other = await join(open_store().main, now_ms=NOON_MS)
    assert await alive(world, one) == {one.node_id, other.node_id}
    assert await alive(world, other) == {one.node_id, other.node_id}
    await one.leave()
    await other.leave()


@ON_POSTGRESQL
async def test_a_node_that_left_is_forgotten(world: World, open_store: OpenStore) -> None:
    """A node that left lives no more, and its row goes."""
    one = await join(world.store.main, now_ms=NOON_MS)
    other = await join(open_store().main, now_ms=NOON_MS)
    await other.leave()
    assert await alive(world, one) == {one.node_id}
    async with world.store.read() as tx:
        assert (await tx.execute(sa.select(nodes.c.node_id))).scalars().all() == [one.node_id]
    await one.leave()


@ON_POSTGRESQL
async def test_a_node_whose_session_broke_is_dead(
    world: World, open_store: OpenStore, postgres_server: PostgresServer
) -> None:
    """When the server closes a node's session, the others take it for dead at once."""
    lost_store = open_store()
    lost = await join(lost_store.main, now_ms=NOON_MS)
    name = lost_store.main.engine.url.database
    assert name is not None
    await postgres_server.disconnect_all(name)
    one = await join(world.store.main, now_ms=NOON_MS)
    assert await alive(world, one) == {one.node_id}
    await one.leave()
    await lost.leave()


@ON_POSTGRESQL
async def test_looking_twice_at_once_kills_nobody(world: World, open_store: OpenStore) -> None:
    """Two nodes that look for the dead at the same time never take each other for one."""
    stores = [world.store, open_store(), open_store()]
    joined = [await join(store.main, now_ms=NOON_MS) for store in stores]
    everybody = {node.node_id for node in joined}
    for _ in range(5):
        found = await asyncio.gather(
            *(alive(World(store), own) for store, own in zip(stores, joined, strict=True))
        )
        assert found == [everybody] * len(joined)
    for node in joined:
        await node.leave()
