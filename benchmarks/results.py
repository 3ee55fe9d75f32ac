"""What was measured: a table for people, `results.json` for programs."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("results.json")
_TABLE: Final = "{:<58} {:>10} {:<6} {:>10} {:>6}  {:<12} {}"
#: From here on decimals say nothing.
_LARGE: Final = 100
_VERDICTS: Final = {True: "yes", False: "NO", None: "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One figure, its baseline in the same unit, and what was promised of it."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    goal: str | None = None
    meets: bool | None = None


def at_least(name: str, value: float, *, baseline: float, unit: str, ratio: float) -> Result:
    """Return a figure that must reach a share of its baseline."""
    found = value / baseline
    return Result(
        name=name,
        value=round(value, 1),
        unit=unit,
        baseline=round(baseline, 1),
        ratio=round(found, 3),
        goal=f"ratio >= {ratio:g}",
        meets=found >= ratio,
    )


def below(
    name: str, value: float, *, most: float, unit: str, baseline: float | None = None
) -> Result:
    """Return a figure that must stay below a limit."""
    return Result(
        name=name,
        value=round(value, 3),
        unit=unit,
        baseline=None if baseline is None else round(baseline, 3),
        ratio=None if not baseline else round(value / baseline, 2),
        goal=f"< {most:g} {unit}",
        meets=value < most,
    )


def beside(name: str, value: float, *, unit: str, baseline: float | None = None) -> Result:
    """Return a figure that is only told, without a promise."""
    return Result(
        name=name,
        value=round(value, 3),
        unit=unit,
        baseline=None if baseline is None else round(baseline, 3),
        ratio=None if not baseline else round(value / baseline, 3),
    )


def say(line: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def table(results: Iterable[Result]) -> str:
    """Return the results for reading."""
    head = _TABLE.format("", "value", "unit", "baseline", "ratio", "goal", "meets it")
    return "\n".join([head, *map(_line, results)])


def write(results: Sequence[Result]) -> None:
    """Write the results for other programs."""
    _FILE.write_text(json.dumps([asdict(one) for one in results], indent=2) + "\n")


def _line(one: Result) -> str:
    baseline, ratio = _shown(one.baseline), _shown(one.ratio)
    verdict = _VERDICTS[one.meets]
    return _TABLE.format(
        one.name, _shown(one.value), one.unit, baseline, ratio, one.goal or "-", verdict
    )


def _shown(figure: float | None) -> str:
    if figure is None:
        return "-"
    return f"{figure:,.0f}" if figure >= _LARGE else f"{figure:.3g}"
