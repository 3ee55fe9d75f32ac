"""How much is measured."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Sizes of one run; the figures are medians of its rounds."""

    rounds: int = 3
    #: People who have written before anything is measured.
    known: int = 800
    #: Messages in a burst into the inbox.
    burst: int = 5_000
    #: Messages that are taken the whole way in one round.
    round_trips: int = 1_000
    #: How long the steady load lasts, in seconds.
    steady_s: float = 10.0
    #: Messages over which the growth of memory is measured.
    growth_events: int = 20_000
    starts: int = 5
    #: Lines of the ledger among which one is proven.
    ledger_lines: int = 1_000_000
    #: People whose keys are wrapped anew.
    keyed_people: int = 100_000
    #: People among whom some are erased.
    erased_among: int = 500_000
    #: People who get a broadcast.
    broadcast_to: int = 5_000
    #: People in the list of a large run; `make soak` takes a million.
    broadcast_among: int = 100_000


NORMAL = Scale()
#: Says whether everything runs, and roughly how fast.
QUICK = replace(
    NORMAL,
    rounds=1,
    known=200,
    burst=1_500,
    round_trips=250,
    steady_s=3.0,
    growth_events=2_000,
    starts=1,
    ledger_lines=100_000,
    keyed_people=5_000,
    erased_among=20_000,
    broadcast_to=600,
    broadcast_among=5_000,
)
