"""Numbers: how much goes on, without people; and what is configured, without secrets.

finds   {"what": "/stats"}
person  /stats
bot     The bot has just started, and is counting. Please ask again in a minute. [/stats] [/help]
finds   {"what": "/stats", "at": "2026-11-02 09:00 UTC", "rows": [{"what": "People known", "value":
        "12"}, {"what": "Of them restricted", "value": "fewer than 5"}]}
taps    /stats
bot     People known: 12 Of them restricted: fewer than 5 Counted at 2026-11-02 09:00 UTC, every ten
        minutes. Below 5 no number is told, so that nobody is singled out. [/status] [/help]
finds   {"what": "/settings", "rows": [{"what": "Languages", "value": "en, de"}]}
person  /settings
bot     Languages: en, de The file and the environment on the server decide; nothing here can be
        changed from the chat. [/help]
"""

from enum import StrEnum

from flows.admin.ways import command_choices
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Turn


class At(StrEnum):
    """Where this conversation can be: nowhere, it only answers."""


flow = Flow("admin_numbers", version=1, places=At, is_aside=True)


def is_uncounted(turn: Turn) -> bool:
    """Whether nothing was counted yet."""
    return not turn.found.rows


@flow.on_found("/stats", when=is_uncounted, goes_to=END)
def wait(_turn: Turn) -> Say:
    """Say when there is something."""
    return Say(
        "The bot has just started, and is counting. Please ask again in a minute.",
        choices=command_choices("/stats", "/help"),
    )


@flow.on_found("/stats", goes_to=END)
def tell_numbers(turn: Turn) -> Say:
    """Tell the numbers, and how old they are."""
    at = turn.found.facts["at"]
    end = (
        f"Counted at {at}, every ten minutes. Below 5 no number is told, so that nobody is "
        "singled out."
    )
    return Say(f"{_lines(turn)}\n\n{end}", choices=command_choices("/status", "/help"))


@flow.on_found("/settings", goes_to=END)
def tell_settings(turn: Turn) -> Say:
    """Tell what is configured, and where."""
    end = (
        "The file and the environment on the server decide; nothing here can be changed from the "
        "chat."
    )
    return Say(f"{_lines(turn)}\n\n{end}", choices=command_choices("/help"))


flow.check()


def _lines(turn: Turn) -> str:
    return "\n".join(f"{row['what']}: {row['value']}" for row in turn.found.rows)
