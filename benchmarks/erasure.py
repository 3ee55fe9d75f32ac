"""How long it takes to erase one of very many, until the bytes are off the disk, beside traffic.

The transaction is timed alone, step by step. Then the bot serves the same folder: some type DELETE
while a steady stream of others writes, and the files are searched until nothing of theirs is left.
The search begins with the ack of DELETE, so receipt, waiting and every step are in the figure.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Final

import sqlalchemy as sa

from benchmarks import programs
from benchmarks.bodies import message
from benchmarks.filled import Filled, fill, opened
from benchmarks.graph_stub import GraphStub, graph_stub
from benchmarks.latency import p50_of, p99_of, steady
from benchmarks.posting import Poster, poster
from benchmarks.results import Result, below, beside, say
from benchmarks.scale import Scale
from benchmarks.traces import Traces
from benchmarks.traffic import CONNECTIONS, ECHO_CONNECTIONS, OK, burst
from storage import PersonId, Store
from storage.db.tables import people, person_keys
from storage.erasure import order_erasure

EVENTS_PER_S: Final = 100
ERASED_PER_S: Final = 5
_ALONE: Final = 300
_MOST_MS: Final = 50
_MOST_S: Final = 2
_STRAGGLERS_S: Final = 30


async def measure(scale: Scale) -> list[Result]:
    """Fill a folder, erase some alone, then let the bot erase others."""
    leaving = int(ERASED_PER_S * scale.steady_s)
    writing = int(EVENTS_PER_S * scale.steady_s)
    async with programs.new_folder() as folder:
        async with opened(folder) as store:
            known = await fill(store, scale.erased_among)
            alone = [await _erase(store, who.person_id) for who in known[:_ALONE]]
            rest = known[_ALONE:]
            leavers, writers = rest[:leaving], rest[leaving : leaving + writing]
            values = await _values(store, leavers)
        waits_ms, gone_s = await _served(folder, values, writers)
    rows_ms, one_ms = (
        p99_of([took_s * 1e3 for took_s in steps]) for steps in zip(*alone, strict=True)
    )
    say(f"  bytes gone p50 {p50_of(gone_s):.2f} s, worst {max(gone_s):.2f} s, of {len(gone_s)}")
    among, beside_it = f"of {scale.erased_among:,}", f"beside {EVENTS_PER_S} messages/s"
    return [
        below(f"erase one {among}, p99", rows_ms, most=_MOST_MS, unit="ms", baseline=one_ms),
        below(f"bytes off the disk, {beside_it}, p99", p99_of(gone_s), most=_MOST_S, unit="s"),
        below(
            f"ack p99 of others, {ERASED_PER_S} erased/s",
            p99_of(waits_ms),
            most=_MOST_MS,
            unit="ms",
        ),
        beside(f"ack p50 of others, {ERASED_PER_S} erased/s", p50_of(waits_ms), unit="ms"),
    ]


async def _erase(store: Store, who: PersonId) -> tuple[float, float]:
    """Go through every step; return the seconds of the rows' transaction.

    The second figure is the baseline: a transaction that changes one row.
    """

    async def change() -> None:
        async with store.write(is_quick=True) as tx:
            await store.people.mark_unreachable(tx, [who], at_ms=1)

    one_s = await _timed(change)
    async with store.write() as tx:
        await order_erasure(tx, store.receipts, who, now_ms=1)
    async with store.write() as tx:
        await store.erasure.begin(tx, [who], now_ms=1)
    rows_s = 0.0
    for step in store.erasure.steps:
        took_s = await _timed(partial(step, [who], 1))
        rows_s = took_s if step == store.erasure.delete_rows else rows_s
    return rows_s, one_s


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began_s = perf_counter()
    await work()
    return perf_counter() - began_s


async def _values(store: Store, leavers: Sequence[Filled]) -> dict[str, tuple[bytes, ...]]:
    """Return, by Messenger id, what must go: the blind index, the sealed id and the wrapped key."""
    ids = [who.person_id for who in leavers]
    async with store.read() as tx:
        rows = await tx.execute(
            sa.select(people.c.person_id, people.c.psid).where(people.c.person_id.in_(ids))
        )
        sealed = {row.person_id: bytes(row.psid) for row in rows}
    async with store.keyring.database.read() as tx:
        rows = await tx.execute(person_keys.select().where(person_keys.c.person_id.in_(ids)))
        wrapped = {row.person_id: bytes(row.wrapped) for row in rows}
    return {
        who.psid: (who.lookup, sealed[who.person_id], wrapped[who.person_id]) for who in leavers
    }


async def _served(
    folder: Path, leavers: Mapping[str, tuple[bytes, ...]], writers: Sequence[Filled]
) -> tuple[list[float], list[float]]:
    """Return how long others' acks took, in ms, and how long bytes stayed after DELETE, in s."""
    async with (
        graph_stub() as stub,
        programs.bot(stub.url, folder=folder) as program,
        poster(program.port, CONNECTIONS) as load,
        poster(program.port, ECHO_CONNECTIONS) as echoes,
    ):
        stub.echoes = echoes
        await _ask_first(load, stub, leavers)
        traces = await asyncio.to_thread(Traces.found, folder, list(chain(*leavers.values())))
        watching = asyncio.create_task(_watch(traces, len(leavers)))
        leaving = asyncio.create_task(_leave(load, leavers, traces))
        requests = [message(who.psid, "menu") for who in writers]
        waits_ms = await steady(load, requests, per_s=EVENTS_PER_S)
        await leaving
        gone_s = await asyncio.wait_for(watching, _STRAGGLERS_S)
    traces.require_nothing()
    return waits_ms, gone_s


async def _ask_first(load: Poster, stub: GraphStub, leavers: Iterable[str]) -> None:
    """Let everybody ask to be erased, so that the word alone is left to be typed."""
    answered = stub.expect(leavers)
    await burst(load, [message(psid, "delete me") for psid in leavers])
    await asyncio.wait_for(answered, _STRAGGLERS_S)
    await stub.quiet()


async def _leave(load: Poster, leavers: Mapping[str, tuple[bytes, ...]], traces: Traces) -> None:
    """Type the word, one after the other."""
    for psid, values in leavers.items():
        load.post(message(psid, "DELETE"), partial(_acked, traces, values))
        await asyncio.sleep(1 / ERASED_PER_S)


def _acked(traces: Traces, values: tuple[bytes, ...], status: int) -> None:
    if status == OK:
        traces.watched[values] = perf_counter()


async def _watch(traces: Traces, leavers: int) -> list[float]:
    """Search until everybody's bytes are gone; return how long each took."""
    gone_s: list[float] = []
    while len(gone_s) < leavers:
        await asyncio.sleep(0.05)
        gone_s += await asyncio.to_thread(traces.look)
    return gone_s
