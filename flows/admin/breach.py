"""Breaches: the register, drafts, who is told, and what is on record; answers in passing.

finds   {"what": "/breach", "rows": []}
person  /breach
bot     The register is empty. [Enter a breach]
finds   {"what": "/breach NUMBER", "number": "7KQ2-M4XD",
        "told": "known since 2026-11-23 14:05 UTC",
        "rows": [{"what": "Notices, waiting", "value": "3"}]}
person  /breach 7KQ2-M4XD
bot     7KQ2-M4XD: known since 2026-11-23 14:05 UTC
        Notices, waiting: 3
        [Next question] [Drafts] [Tell people] [Show on our page] [Close it] [/breach]
finds   {"what": "/breach drafts", "number": "7KQ2-M4XD"}
person  /breach draft 7KQ2-M4XD
bot     Which draft? [authority] [people] [meta] [public] [register]
"""

from enum import StrEnum
from typing import Final

from flows.admin.breach_ways import ways_of
from flows.admin.ways import command_choice
from flows.breaches.fields import DRAFTS
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Turn

_MOST_BUTTONS: Final = 8


class At(StrEnum):
    """Where this conversation can be: nowhere, it only answers."""


flow = Flow("admin_breach", version=1, places=At, is_aside=True)


@flow.on_found("/breach", goes_to=END)
def list_breaches(turn: Turn) -> Say:
    """List the register, the newest first."""
    rows = turn.found.rows
    lines = [f"{row['number']}: {row['told']}" for row in rows] or ["The register is empty."]
    shown = [command_choice(row["number"], f"/breach {row['number']}") for row in rows]
    new = command_choice("Enter a breach", "/breach open")
    return Say("\n".join(lines), choices=(new, *shown[:_MOST_BUTTONS]))


@flow.on_found("/breach NUMBER", goes_to=END)
def show(turn: Turn) -> Say:
    """Show what holds of an entry now; every earlier line stays in the register."""
    found = turn.found
    number = found.facts["number"]
    lines = [f"{number}: {found.facts['told']}"]
    lines += [f"{row['what']}: {row['value']}" for row in found.rows]
    return Say("\n".join(lines), choices=ways_of(number))


@flow.on_found("/breach drafts", goes_to=END)
def offer_drafts(turn: Turn) -> Say:
    """Offer the drafts."""
    number = turn.found.facts["number"]
    drafts = (command_choice(one, f"/breach draft {number} {one}") for one in DRAFTS)
    return Say("Which draft?", choices=tuple(drafts))


@flow.on_found("/breach draft", goes_to=END)
def give_draft(turn: Turn) -> Say:
    """Give a draft, to be read, changed and handed in."""
    facts = turn.found.facts
    return Say(facts["text"], choices=ways_of(facts["number"]))


@flow.on_found("/breach audience", goes_to=END)
def ask_audience(turn: Turn) -> Say:
    """Ask who is to be told."""
    number = turn.found.facts["number"]
    tell = f"/breach tell {number}"
    said = (
        "Who is to be told? Everybody, or those of whom certain data is held: details, consents, "
        f"requests, broadcasts. One Page alone: {tell} PAGE-ID details."
    )
    return Say(
        said,
        choices=(
            command_choice("Everybody", f"{tell} all"),
            command_choice("Who gave details", f"{tell} all details"),
            command_choice("Who agreed", f"{tell} all consents"),
            command_choice("Who asked the team", f"{tell} all requests"),
        ),
    )


@flow.on_found("/breach record", goes_to=END)
@flow.on_found("/breach tell", goes_to=END)
@flow.on_found("/breach public", goes_to=END)
@flow.on_found("/breach close", goes_to=END)
def done(turn: Turn) -> Say:
    """Say that it is done."""
    facts = turn.found.facts
    return Say(facts["said"], choices=ways_of(facts["number"]))


flow.check()
