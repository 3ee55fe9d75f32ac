"""Help: every command that this admin may give, as a list and as buttons.

finds   {"what": "/help", "name": "A-1", "role": "owner", "rows": [{"usage": "/status", "does":
        "how the bot is.", "more": ""}, {"usage": "/cases", "does": "what people asked.", "more":
        "cases"}, {"usage": "/undo P-ABC234", "does": "take back what still waits.", "more": ""}]}
person  /help
bot     You are A-1, owner. You may type: /status: how the bot is. /cases: what people asked. More:
        /help cases. /undo P-ABC234: take back what still waits. STOP, DELETE ME and all words
        about your own data work as for everybody. [/status] [/cases]
"""

from enum import StrEnum

from flows.admin.ways import command_choices
from flows.kit.flow import END, Flow
from flows.kit.reply import MAX_CHOICES, Say
from flows.kit.turn import Turn


class At(StrEnum):
    """Where this conversation can be: nowhere, it only answers."""


flow = Flow("admin_help", version=1, places=At, is_aside=True)


@flow.on_found("/help", goes_to=END)
def list_commands(turn: Turn) -> Say:
    """List commands; those that need nothing else are buttons too."""
    found = turn.found
    lines = [f"{row['usage']}: {row['does']}{_more(row['more'])}" for row in found.rows]
    plain = [row["usage"] for row in found.rows if " " not in row["usage"]]
    who = "You are {name}, {role}. You may type:".format_map(found.facts)
    also = "STOP, DELETE ME and all words about your own data work as for everybody."
    return Say("\n".join([who, *lines, "", also]), choices=command_choices(*plain[:MAX_CHOICES]))


flow.check()


def _more(word: str) -> str:
    """Say where the commands behind a word are told."""
    return f" More: /help {word}." if word else ""
