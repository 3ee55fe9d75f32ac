"""Measure, print a table, and write `benchmarks/results.json` where everything was measured."""

import argparse
import os
import platform
import sys
from dataclasses import replace

from benchmarks import (
    acks,
    broadcast_pace,
    broadcast_size,
    broadcasts,
    erasure,
    exports,
    latency,
    ledger,
    memory,
    my_data,
    rotation,
    round_trips,
    sealing,
    start,
)
from benchmarks.loop import run
from benchmarks.meta_app import PAGES
from benchmarks.results import Result, say, table, write
from benchmarks.scale import NORMAL, QUICK, Scale

_MEASUREMENTS = {
    "acks": acks.measure,
    "round_trips": round_trips.measure,
    "latency": latency.measure,
    "my_data": my_data.measure,
    "exports": exports.measure,
    "memory": memory.measure,
    "start": start.measure,
    "sealing": sealing.measure,
    "ledger": ledger.measure,
    "rotation": rotation.measure,
    "erasure": erasure.measure,
    "broadcasts": broadcasts.measure,
    "broadcast_pace": broadcast_pace.measure,
    "broadcast_size": broadcast_size.measure,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=_MEASUREMENTS, action="append", help="may be repeated")
    parser.add_argument("--quick", action="store_true", help="small and rough, in under a minute")
    parser.add_argument(
        "--growth-events",
        type=int,
        metavar="N",
        help="messages over which the growth of memory is measured; 200000 takes long",
    )
    parser.add_argument(
        "--broadcast-among", type=int, metavar="N", help="people in a large broadcast"
    )
    parser.add_argument("--must-meet", action="store_true", help="fail where a goal is missed")
    return parser.parse_args()


def _scale(arguments: argparse.Namespace) -> Scale:
    scale = QUICK if arguments.quick else NORMAL
    asked = {name: getattr(arguments, name) for name in ("growth_events", "broadcast_among")}
    return replace(scale, **{name: value for name, value in asked.items() if value is not None})


async def _measure(names: list[str], scale: Scale, *, must_meet: bool) -> None:
    results: list[Result] = []
    for name in names:
        say(name)
        results += await _MEASUREMENTS[name](scale)
    say(f"\n{_machine()}; {len(PAGES)} Pages, {scale.rounds} rounds\n")
    say(table(results))
    if len(names) == len(_MEASUREMENTS) and scale.rounds == NORMAL.rounds:
        write(results)
    if must_meet and any(one.meets is False for one in results):
        sys.exit(1)


def _machine() -> str:
    """Say where it was measured; a load above the number of cores scatters every rate."""
    cores, load = os.cpu_count(), os.getloadavg()[0]
    return f"Python {platform.python_version()}, {cores} cores, load {load:.1f}"


def main() -> None:
    """Measure what is asked for; everything by default."""
    arguments = _arguments()
    names = arguments.only or list(_MEASUREMENTS)
    run(_measure(names, _scale(arguments), must_meet=arguments.must_meet))


if __name__ == "__main__":
    main()
