"""Admins: who they are, what they did, and how one of them is revoked.

finds   {"what": "/admins", "rows": [{"name": "A-1", "role": "owner", "is_you": " (you)",
        "is_ready": ""}]}
person  /admins
bot     A-1 owner (you) [/help]
finds   {"what": "/audit", "rows": [{"index": "7", "at": "2026-11-02 09:00 UTC", "actor": "A-1",
        "role": "owner", "act": "admin revoke", "object": "A-2"}]}
person  /audit
bot     7 2026-11-02 09:00 UTC A-1 owner: admin revoke A-2 [/help]
"""

from collections.abc import Mapping
from enum import StrEnum

from flows.admin.ways import command_choices
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Turn


class At(StrEnum):
    """Where this conversation can be: nowhere, it only answers."""


flow = Flow("admin_people", version=1, places=At, is_aside=True)


@flow.on_found("/admins", goes_to=END)
def list_admins(turn: Turn) -> Say:
    """List admins by number and role; names are not kept."""
    lines = [
        f"{row['name']}  {row['role']}{row['is_you']}{row['is_ready']}" for row in turn.found.rows
    ]
    return Say("\n".join(lines), choices=command_choices("/help"))


@flow.on_found("/admin revoke", goes_to=END)
def revoked(turn: Turn) -> Say:
    """Say that it is done."""
    name = turn.found.facts["name"]
    return Say(
        f"{name} is no admin any more. Code, sessions and sign-ins are deleted.",
        choices=command_choices("/admins", "/audit"),
    )


@flow.on_found("/audit", goes_to=END)
def list_acts(turn: Turn) -> Say:
    """List what admins did, the newest first."""
    found = turn.found
    lines = [
        f"{row['index']}  {row['at']}  {_who(row)}: {row['act']} {row['object']}"
        for row in found.rows
    ]
    older = found.fact("older")
    more = (f"/audit {older}",) if older else ()
    text = "\n".join(lines) if lines else "Nothing is on record before that."
    return Say(text, choices=command_choices(*more, "/help"))


flow.check()


def _who(row: Mapping[str, str]) -> str:
    return f"{row['actor']} {row['role']}".rstrip()
