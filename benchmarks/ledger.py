"""What the ledger costs: a proof among a million lines, and a line beside a transaction without it.

The million is written in large transactions, as lines of an erasure: only their number counts here.
"""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from secrets import token_bytes
from statistics import median
from time import perf_counter, process_time

from benchmarks.results import Result, below, beside, say
from benchmarks.scale import Scale
from storage import ConsentAct, ConsentStatus, NewPerson, PersonId, ShownText, Store
from storage.ledger.ledger import ConsentLine, ReceiptLine
from storage.ledger.tree import is_included
from storage.vault.secrets import FileSecrets

_NOW_MS = 1_790_942_400_000
_AT_ONCE = 20_000
_PROOFS = 200
#: Consents of one batch, each of another person, as many as a busy dispatcher takes.
_CONSENTS = 50
_TURNS = 40
_MOST_PROOF_MS = 5.0
#: A tenth of a round trip's processor time, which results.json has.
_MOST_LINE_US = 88.0
#: As much as a consent's line commits to.
_CONTENT = {"format": "chatmagico/consent/1", "text_hash": "0" * 64, "recorded_at_ms": _NOW_MS}
_SHOWN = ShownText("May we?", "news/1", "en")


async def measure(scale: Scale) -> list[Result]:
    """Fill a ledger, prove lines of it, and append to it."""
    with tempfile.TemporaryDirectory() as folder:
        async with _opened(Path(folder)) as store:
            empty_us = await _consent_us(store, scale.rounds)
            await _fill(store, scale.ledger_lines)
            proofs_ms = await _proofs_ms(store)
            full_us = await _consent_us(store, scale.rounds)
            commits_us = await _lines_us(store, scale.rounds)
    lines = f"{scale.ledger_lines:,} lines"
    typical_ms, slow_ms = median(proofs_ms), sorted(proofs_ms)[-_PROOFS // 100]
    say(f"  proofs: p50 {typical_ms:.2f} ms, p99 {slow_ms:.2f} ms")
    proof = f"inclusion proof among {lines}"
    return [
        below(proof, typical_ms, most=_MOST_PROOF_MS, unit="ms"),
        below(
            f"processor time of a line, {lines} there", commits_us, most=_MOST_LINE_US, unit="µs"
        ),
        beside("the same of a whole consent", full_us, unit="µs", baseline=empty_us),
    ]


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[Store]:
    secrets = FileSecrets(folder / "secrets" / "keys.secret")
    secrets.create()
    url = "sqlite+aiosqlite:///{}/{}/{}.db"
    store = Store(
        url.format(folder, "data", "main"),
        url.format(folder, "keys", "keys"),
        secrets.load(),
        tombstones=folder / "keys" / "tombstones",
    )
    await store.prepare()
    try:
        yield store
    finally:
        await store.close()


async def _fill(store: Store, lines: int) -> None:
    one = ReceiptLine("erasure-ordered", bytes(32), {"format": "benchmark"})
    for start in range(0, lines, _AT_ONCE):
        async with store.write() as tx:
            many = min(_AT_ONCE, lines - start)
            store.ledger.note(tx, [one] * many, now_ms=_NOW_MS)


async def _proofs_ms(store: Store) -> list[float]:
    """Return how long proofs take, each of another line."""
    dice, took_ms = Random(6962), []  # noqa: S311 - it picks lines
    async with store.read(is_quick=True) as tx:
        for _ in range(_PROOFS):
            started_at_s = perf_counter()
            head = await store.ledger.head(tx)
            index = dice.randrange(head.size)
            path = await store.ledger.inclusion(tx, index, head.size)
            took_ms.append((perf_counter() - started_at_s) * 1e3)
            leaf = await store.ledger.leaf(tx, index)
            if leaf is None or not is_included(leaf.hash(), index, head.size, path, head.root):
                raise AssertionError("a proof does not hold")
    return took_ms


async def _consent_us(store: Store, rounds: int) -> float:
    """Return the processor time of one consent in a batch of them, everything included."""
    people = await _people(store)
    return await _each_us(lambda: _consent(store, list(people)), rounds)


async def _lines_us(store: Store, rounds: int) -> float:
    """Return what one line adds to a batch that writes anyway."""
    people = await _people(store)
    lines = [
        ConsentLine(token_bytes(16), one, key, _CONTENT | {"person_id": one.hex()})
        for one, key in people.items()
    ]

    async def note(noted: list[ConsentLine]) -> None:
        async with store.write(is_quick=True) as tx:
            fresh = [replace(line, consent_id=token_bytes(16)) for line in noted]
            store.ledger.note(tx, fresh, now_ms=_NOW_MS)

    alone = await _each_us(lambda: note([]), rounds)
    return await _each_us(lambda: note(lines), rounds) - alone


async def _each_us(call: Callable[[], Awaitable[None]], rounds: int) -> float:
    took_s = []
    for _ in range(_TURNS * rounds):
        started_at_s = process_time()
        await call()
        took_s.append(process_time() - started_at_s)
    return median(took_s) / _CONSENTS * 1e6


async def _people(store: Store) -> dict[PersonId, bytes]:
    """Put people into the store; return their keys."""
    ids = [PersonId(token_bytes(16)) for _ in range(_CONSENTS)]
    keys = await store.keyring.create(ids, now_ms=_NOW_MS)
    new = [
        NewPerson(
            person_id=person,
            page_id="1",
            lookup=token_bytes(32),
            key=keys[person],
            psid="7",
            window_ends_at_ms=_NOW_MS,
            erase_due_at_ms=_NOW_MS,
            created_at_ms=_NOW_MS,
        )
        for person in ids
    ]
    async with store.write() as tx:
        await store.people.add(tx, new)
    return keys


async def _consent(store: Store, people: list[PersonId]) -> None:
    acts = [(ConsentAct(one, "news", "granted", _NOW_MS, _SHOWN), True) for one in people]
    standing = {(one, "news"): ConsentStatus(_NOW_MS) for one in people}
    async with store.write(is_quick=True) as tx:
        await store.consents.record(tx, acts, standing, now_ms=_NOW_MS)
