"""How long it takes to bring everybody's key under a new epoch."""

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.filled import fill, opened, secrets_in
from benchmarks.results import Result, below
from benchmarks.scale import Scale
from storage.rotation import go_on


async def measure(scale: Scale) -> list[Result]:
    """Fill a keys database, and rotate it."""
    people = scale.keyed_people
    with TemporaryDirectory() as folder:
        async with opened(Path(folder)) as store:
            await fill(store, people)
            secrets_in(Path(folder)).create_next()
            began_s = perf_counter()
            progress = await go_on(store, now_ms=1)
            took_s = perf_counter() - began_s
    if not progress.is_done or progress.keys < people:
        raise RuntimeError
    return [below(f"new epoch for the keys of {people:,} people", took_s, most=60, unit="s")]
