"""The history checker: what Messenger received, held against what was promised and reported."""

from collections import Counter
from collections.abc import Iterable, Sized

from bot.broadcasts.reporting import Report
from bot.simulator import Sent


def judge(report: Report, heard: Counter[str], people: Sized) -> None:
    """Hold the report of a marketing run against what Messenger received."""
    assert max(heard.values(), default=0) <= 1, "marketing came twice"
    sent, unknown = report.of("sent"), report.of("unknown")
    assert report.audience == len(people), "somebody was skipped in silence"
    assert sent + unknown == len(people), report.counts
    assert sent <= len(heard) <= sent + unknown, "the report tells something else"


def after_stop(received: Iterable[Sent], psid: str) -> list[str]:
    """Return what a person got after the confirmation of their STOP."""
    theirs = [sent for sent in received if sent.psid == psid]
    confirmed = next(place for place, sent in enumerate(theirs) if is_confirmation(sent))
    return [sent.text for sent in theirs[confirmed + 1 :]]


def is_confirmation(sent: Sent) -> bool:
    """Tell whether a message confirms a STOP."""
    return sent.text.startswith("Done. You no longer")
