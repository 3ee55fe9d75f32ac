"""A file of somebody who was sent ten thousand messages: how long it takes, and who notices.

The file is asked for in the middle of a steady stream of other people's messages.
"""

import asyncio
import hashlib
import secrets
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks import programs
from benchmarks.bodies import message
from benchmarks.graph_stub import graph_stub
from benchmarks.latency import p99_of, steady
from benchmarks.posting import HOST, poster
from benchmarks.programs import Program
from benchmarks.results import Result, below, say
from benchmarks.scale import Scale
from benchmarks.traffic import CONNECTIONS, ECHO_CONNECTIONS, Crowd, introduce

DELIVERIES = 10_000
EVENTS_PER_S = 100
_GOAL_S, _GOAL_MIB, _GOAL_ACK_MS = 2.0, 20.0, 50.0
_MIB = 1024 * 1024
_DAY_MS = 86_400_000
_LOOK_S = 0.02


async def measure(scale: Scale) -> list[Result]:
    """Ask for the file once in each round."""
    took_s: list[float] = []
    grew_mib: list[float] = []
    calm: list[float] = []
    during: list[float] = []
    async with (
        programs.new_folder() as folder,
        graph_stub() as stub,
        programs.bot(stub.url, folder=folder) as program,
        poster(program.port, CONNECTIONS) as load,
        poster(program.port, ECHO_CONNECTIONS) as echoes,
    ):
        stub.echoes = echoes
        crowd = Crowd()
        await introduce(load, stub, crowd, 1)
        tokens = _fill(folder, links=scale.rounds + 1)
        await introduce(load, stub, crowd, scale.known)
        await _download(program, tokens.pop())  # what is loaded once is no growth
        for token in tokens:
            requests = _requests(crowd, scale)
            calm.append(p99_of(await steady(load, requests, per_s=EVENTS_PER_S)))
            requests = _requests(crowd, scale)
            stream = asyncio.create_task(steady(load, requests, per_s=EVENTS_PER_S))
            await asyncio.sleep(scale.steady_s / 4)
            seconds, mib = await _download(program, token)
            took_s.append(seconds)
            grew_mib.append(mib)
            during.append(p99_of(await stream))
    say(f"  the file in each round: {', '.join(f'{one:.2f}' for one in took_s)} s")
    name = f"file of {DELIVERIES:,} deliveries"
    acks = f"ack p99 of others meanwhile, {EVENTS_PER_S} messages/s"
    return [
        below(f"{name}, from the tap to the last byte", median(took_s), most=_GOAL_S, unit="s"),
        below(f"{name}, growth of memory", max(grew_mib), most=_GOAL_MIB, unit="MiB"),
        below(acks, median(during), most=_GOAL_ACK_MS, unit="ms", baseline=median(calm)),
    ]


def _fill(folder: Path, *, links: int) -> list[str]:
    """Note deliveries and links of the only person there is; return the links' secret parts."""
    now_ms = int(time.time() * 1000)
    tokens = [secrets.token_urlsafe(32) for _ in range(links)]
    with closing(sqlite3.connect(folder / "data" / "chatmagico.db")) as main, main:
        (person,) = main.execute("SELECT person_id FROM people").fetchone()
        main.executemany(
            "INSERT INTO deliveries (delivery_id, person_id, purpose_id, lane, outcome, at_ms)"
            " VALUES (?, ?, 'news', 'window', 'sent', ?)",
            [(secrets.token_bytes(16), person, now_ms - place) for place in range(DELIVERIES)],
        )
        main.executemany(
            "INSERT INTO links (token_hash, person_id, use, made_at_ms, expires_at_ms)"
            " VALUES (?, ?, 'export', ?, ?)",
            [
                (hashlib.sha256(one.encode()).digest(), person, now_ms, now_ms + _DAY_MS)
                for one in tokens
            ],
        )
    return tokens


async def _download(program: Program, token: str) -> tuple[float, float]:
    """Fetch the file; return the seconds that took, and by how many MiB the process grew."""
    before_bytes, most_bytes, begin_s = program.resident_bytes(), 0, perf_counter()
    fetching = asyncio.create_task(_fetch(program.port, token))
    while not fetching.done():
        most_bytes = max(most_bytes, program.resident_bytes())
        await asyncio.wait({fetching}, timeout=_LOOK_S)
    size_bytes, seconds = fetching.result(), perf_counter() - begin_s
    if size_bytes < DELIVERIES:
        raise programs.ProgramFailed(f"the file has {size_bytes} bytes only")
    return seconds, max(0, most_bytes - before_bytes) / _MIB


async def _fetch(port: int, token: str) -> int:
    reader, writer = await asyncio.open_connection(HOST, port)
    head = f"POST /export/{token} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 0\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode())
    size_bytes = 0
    while part := await reader.read(65_536):
        size_bytes += len(part)
    writer.close()
    return size_bytes


def _requests(crowd: Crowd, scale: Scale) -> Sequence[bytes]:
    size = int(EVENTS_PER_S * scale.steady_s)
    return [message(psid, text) for psid, text in crowd.writers(size)]
