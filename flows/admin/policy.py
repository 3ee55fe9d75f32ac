"""Policy: what the notice says, what it would say, and how an owner publishes that.

finds   {"what": "/policy", "in_force": "1", "newest": "1", "from": "2026-11-02 09:00 UTC",
        "is_stale": "yes", "has_draft": "", "told": "nobody", "untold": "0", "role": "owner"}
person  /policy
bot     Version 1 of the notice is in force since 2026-11-02 09:00 UTC. The configuration says
        something else. It waits: whatever is new gets nothing until an owner publishes.
        [/policy diff] [/policy draft] [/help]
finds   {"what": "/policy diff", "more": "", "rows": [{"line": "+ recipient Print Shop"}]}
taps    /policy diff
bot     What the configuration would change: + recipient Print Shop [/policy draft]
finds   {"what": "/policy draft", "revision": "1", "by": "A-1", "start": "at once", "asked": "news",
        "moved": "", "outdated": "", "rows": [{"line": "+ recipient Print Shop"}]}
taps    /policy draft
bot     The draft, as A-1 left it (#1): + recipient Print Shop In force: at once. Asked again:
        news. Change it with /policy from or /policy ask; /policy publish publishes it.
        [At once] [In 7 days] [In 30 days] [Ask nobody again] [/policy publish] [Drop it]
finds   {"what": "/policy draft", "revision": "2", "by": "A-2", "start": "at once",
        "asked": "nobody", "moved": "yes", "outdated": "", "rows": []}
person  /policy from 7d
bot     Nothing was changed: look at it first, then say it again with #2. The draft, as A-2 left
        it (#2): In force: at once. Asked again: nobody. Change it with /policy from or
        /policy ask; /policy publish publishes it.
        [At once] [In 7 days] [In 30 days] [Ask nobody again] [/policy publish] [Drop it]
finds   {"what": "/policy publish", "number": "2", "from": "at once"}
person  /policy publish
bot     Version 2 is published, in force at once. People are told: at once where they can be
        reached, else when they next write. [/policy]
finds   {"what": "/policy drop"}
person  /policy drop
bot     The draft is dropped; what is published stays. [/policy]
"""

from enum import StrEnum

from flows.admin.ways import command_choice, command_choices
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Turn


class At(StrEnum):
    """Where this conversation can be: nowhere, it only answers."""


flow = Flow("admin_policy", version=1, places=At, is_aside=True)


@flow.on_found("/policy", goes_to=END)
def tell(turn: Turn) -> Say:
    """Say which version is in force, who was told of it, and what waits."""
    facts = turn.found.facts
    in_force, newest = facts["in_force"], facts["newest"]
    said = f"Version {in_force} of the notice is in force"
    since = f" since {facts['from']}."
    ahead = f", version {newest} from {facts['from']} on."
    lines = [said + (since if in_force == newest else ahead)]
    if newest != "1":
        lines.append(f"Told of version {newest}: {facts['told']}. Not yet: {facts['untold']}.")
    if not facts["is_stale"]:
        lines.append("The configuration says the same.")
        return Say("\n".join(lines), choices=command_choices("/help"))
    lines.append(
        "The configuration says something else. It waits: whatever is new gets nothing until an "
        "owner publishes."
    )
    return Say("\n".join(lines), choices=command_choices("/policy diff", "/policy draft", "/help"))


@flow.on_found("/policy diff", goes_to=END)
def list_differences(turn: Turn) -> Say:
    """List what went, came and changed."""
    found = turn.found
    lines = [row["line"] for row in found.rows] or ["Nothing."]
    more = found.facts["more"]
    if more:
        lines.append(f"And {more} more; `chatmagico policy diff` shows all on the server.")
    text = "\n".join(["What the configuration would change:", *lines])
    return Say(text, choices=command_choices("/policy draft"))


@flow.on_found("/policy draft", goes_to=END)
@flow.on_found("/policy from", goes_to=END)
@flow.on_found("/policy ask", goes_to=END)
def show_draft(turn: Turn) -> Say:
    """Say how the draft stands; each button holds for just this."""
    found = turn.found
    facts, seen = found.facts, f"#{found.facts['revision']}"
    lines = []
    if facts["moved"]:
        lines.append(
            f"Nothing was changed: look at it first, then say it again with {seen}.",
        )
    if facts["outdated"]:
        lines.append("The configuration has changed since: drop this draft and begin another.")
    lines.append(f"The draft, as {facts['by']} left it ({seen}):")
    lines += [row["line"] for row in found.rows]
    lines += [f"In force: {facts['start']}.", f"Asked again: {facts['asked']}."]
    lines.append("Change it with /policy from or /policy ask; /policy publish publishes it.")
    choices = (
        command_choice("At once", f"/policy from now {seen}"),
        command_choice("In 7 days", f"/policy from 7d {seen}"),
        command_choice("In 30 days", f"/policy from 30d {seen}"),
        command_choice("Ask nobody again", f"/policy ask none {seen}"),
        *command_choices("/policy publish"),
        command_choice("Drop it", f"/policy drop {seen}"),
    )
    return Say("\n".join(lines), choices=choices)


@flow.on_found("/policy drop", goes_to=END)
def dropped(_turn: Turn) -> Say:
    """Say that nothing was published."""
    return Say("The draft is dropped; what is published stays.", choices=command_choices("/policy"))


@flow.on_found("/policy publish", goes_to=END)
def published(turn: Turn) -> Say:
    """Say what happens now."""
    facts = turn.found.facts
    text = (
        f"Version {facts['number']} is published, in force {facts['from']}. People are told: at "
        "once where they can be reached, else when they next write."
    )
    return Say(text, choices=command_choices("/policy"))


flow.check()
