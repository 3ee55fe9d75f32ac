"""How long it takes to bring everybody's key under a new epoch, and to erase one of many."""

import secrets
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.results import Result, below, beside
from benchmarks.scale import Scale
from storage import NewPerson, PersonId, Store
from storage.erasure import begin_erasure, order_erasure
from storage.rotation import go_on
from storage.vault.secrets import FileSecrets

_AT_ONCE = 1_000
_ERASED = 300


async def measure(scale: Scale) -> list[Result]:
    """Fill a keys database, rotate it, then erase some of the people."""
    with TemporaryDirectory() as folder:
        provider = FileSecrets(Path(folder) / "secrets" / "keys.secret")
        provider.create()
        store = Store(
            f"sqlite+aiosqlite:///{folder}/data/main.db",
            f"sqlite+aiosqlite:///{folder}/keys/keys.db",
            provider.load(),
            tombstones=Path(folder) / "tombstones",
            reload=provider.load,
        )
        try:
            return await _measure(store, provider, scale.keyed_people)
        finally:
            await store.close()


async def _measure(store: Store, provider: FileSecrets, people: int) -> list[Result]:
    await store.prepare()
    await store.guard.begin(now_ms=1)
    known = [who for at in range(0, people, _AT_ONCE) for who in await _fill(store, at)]
    provider.create_next()

    async def rotate() -> None:
        progress = await go_on(store, now_ms=1)
        if not progress.is_done or progress.keys < people:
            raise RuntimeError

    took_s = await _timed(rotate)
    erasures = [await _erase(store, who) for who in known[:_ERASED]]
    rows_ms, whole_ms, one_ms = (_p99(times) * 1000 for times in zip(*erasures, strict=True))
    return [
        below(f"new epoch for the keys of {people:,} people", took_s, most=60, unit="s"),
        below(
            f"erase the rows of one of {people:,}, p99",
            rows_ms,
            most=50,
            unit="ms",
            baseline=one_ms,
        ),
        beside("from the order until the bytes are off the disk, p99", whole_ms, unit="ms"),
    ]


def _p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100)[-1]


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began_s = time.perf_counter()
    await work()
    return time.perf_counter() - began_s


async def _erase(store: Store, who: PersonId) -> tuple[float, float, float]:
    """Go through every step; return the seconds of the rows' transaction, and of everything.

    The last figure is the baseline: a transaction that changes one row.
    """

    async def change() -> None:
        async with store.write(is_quick=True) as tx:
            await store.people.mark_unreachable(tx, [who], at_ms=1)

    one_s = await _timed(change)
    began_s = time.perf_counter()
    async with store.write() as tx:
        await order_erasure(tx, store.receipts, who, now_ms=1)
    async with store.write() as tx:
        await begin_erasure(tx, [who], now_ms=1)
    rows_s = 0.0
    for step in store.erasure.steps:
        took_s = await _timed(partial(step, [who], 1))
        rows_s = took_s if step == store.erasure.delete_rows else rows_s
    return rows_s, time.perf_counter() - began_s, one_s


async def _fill(store: Store, first: int) -> list[PersonId]:
    ids = [PersonId(secrets.token_bytes(16)) for _ in range(_AT_ONCE)]
    keys = await store.keyring.create(ids, now_ms=1)
    rows = [
        NewPerson(
            person_id=person,
            page_id="1",
            lookup=store.keyring.lookup("1", str(first + number)),
            key=keys[person],
            psid=str(first + number),
            window_ends_at_ms=2,
            erase_due_at_ms=2**40,
            created_at_ms=1,
        )
        for number, person in enumerate(ids)
    ]
    async with store.write() as tx:
        await store.people.add(tx, rows)
    return ids
