"""Broadcasts: listed, shown, held up, ended, copied, and what came of them.

finds   {"what": "/broadcasts", "rows": [{"number": "12", "state": "scheduled",
        "title": "The fair"}]}
person  /broadcasts
bot     12, scheduled: The fair [12] [/broadcast] [/help]
finds   {"what": "/broadcasts", "number": "12", "state": "scheduled", "reason": "",
        "title": "The fair", "purpose": "news", "kind": "marketing", "languages": "de, en",
        "when": "2026-12-24 10:00, Europe/Berlin", "useful": "24", "picture": "",
        "has_missed": "", "link": "club.example.org", "led_to": "", "may": "report pause",
        "rows": [{"language": "", "text": "It is on Sunday."},
        {"language": "de", "text": "Sie ist am Sonntag."}]}
taps    12
bot     Broadcast 12, The fair: scheduled. For news, marketing. Languages: de, en. Sent:
        2026-12-24 10:00, Europe/Berlin; of use for 24 hours. Button to club.example.org.
        It is on Sunday. de: Sie ist am Sonntag. [Report] [Pause] [/broadcasts]
finds   {"what": "/broadcasts report", "number": "12", "title": "The fair", "state": "over",
        "audience": "3", "rows": [{"lane": "window", "outcome": "sent", "count": "2"},
        {"lane": "none", "outcome": "opted out", "count": "1"}]}
taps    Report
bot     Broadcast 12, The fair: over. 3 people in all. 2 in the chat: sent. 1 nothing to send:
        opted out. [/broadcasts 12]
"""

from enum import StrEnum
from typing import Final

from flows.admin.ways import command_choice, command_choices
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Turn

#: What can be done with one: the title of the button, and the command.
_VERBS: Final = {
    "test": ("Send me a test", "/broadcast test"),
    "set": ("Change", "/broadcast set"),
    "send": ("Send", "/broadcast send"),
    "undo": ("Undo", "/broadcast undo"),
    "report": ("Report", "/broadcasts report"),
    "pause": ("Pause", "/broadcasts pause"),
    "resume": ("Resume", "/broadcasts resume"),
    "start": ("Send the missed", "/broadcasts start"),
    "drop": ("Drop the missed", "/broadcasts drop"),
    "cancel": ("Cancel it", "/broadcasts cancel"),
    "copy": ("Copy", "/broadcasts copy"),
}
_LANES: Final = {
    "window": "in the chat",
    "next_contact": "at their next contact",
    "email": "by e-mail",
    "none": "nothing to send",
}


class At(StrEnum):
    """Where this conversation can be: nowhere, it only answers."""


flow = Flow("admin_broadcasts", version=1, places=At, is_aside=True)


def is_one(turn: Turn) -> bool:
    """Whether it is about one broadcast."""
    return bool(turn.found.number)


@flow.on_found("/broadcast undo", goes_to=END)
@flow.on_found("/broadcasts pause", goes_to=END)
@flow.on_found("/broadcasts resume", goes_to=END)
@flow.on_found("/broadcasts start", goes_to=END)
@flow.on_found("/broadcasts drop", goes_to=END)
@flow.on_found("/broadcasts cancel", goes_to=END)
@flow.on_found("/broadcasts copy", goes_to=END)
@flow.on_found("/broadcasts", when=is_one, goes_to=END)
def show_one(turn: Turn) -> Say:
    """Show it as it stands, with what can be done."""
    found = turn.found
    facts = found.facts
    why = f", {facts['reason']}" if facts["reason"] else ""
    lines = [
        f"Broadcast {found.number}, {facts['title']}: {facts['state']}{why}.",
        "For {purpose}, {kind}. Languages: {languages}.".format_map(facts),
        "Sent: {when}; of use for {useful} hours.".format_map(facts),
    ]
    if facts["has_missed"]:
        lines.append("Nothing ran when it was due: it waits for your word.")
    if facts["picture"]:
        lines.append(f"With a picture before it: {facts['picture']}")
    if facts["link"]:
        lines.append(f"Button to {facts['link']}.")
    if facts["led_to"]:
        lines.append(f"The text leads to {facts['led_to']}.")
    for row in found.rows:
        lines += ["", f"{row['language']}: {row['text']}" if row["language"] else row["text"]]
    choices = [
        command_choice(_VERBS[verb][0], f"{_VERBS[verb][1]} {found.number}")
        for verb in facts["may"].split()
    ]
    return Say("\n".join(lines), choices=(*choices, *command_choices("/broadcasts")))


@flow.on_found("/broadcasts", goes_to=END)
def list_them(turn: Turn) -> Say:
    """List the newest."""
    rows = turn.found.rows
    lines = [f"{row['number']}, {row['state']}: {row['title']}" for row in rows]
    numbers = [command_choice(row["number"], f"/broadcasts {row['number']}") for row in rows]
    text = "\n".join(lines) or "There is no broadcast yet."
    return Say(text, choices=(*numbers, *command_choices("/broadcast", "/help")))


@flow.on_found("/broadcasts report", goes_to=END)
def report(turn: Turn) -> Say:
    """Tell what came of it, by way and outcome."""
    found = turn.found
    facts = found.facts
    head = f"Broadcast {found.number}, {facts['title']}: {facts['state']}."
    lines = [f"{head} {facts['audience']} people in all."]
    lines += [f"{row['count']} {_LANES[row['lane']]}: {row['outcome']}." for row in found.rows]
    return Say("\n".join(lines), choices=command_choices(f"/broadcasts {found.number}"))


flow.check()
