"""Evidence: the proof of one consent, on a page that gives it out once.

finds   {"what": "/evidence", "number": "K7QF-3M2P", "rows": [{"id": "news"}]}
person  /evidence K7QF-3M2P
bot     For which purpose? [news]
finds   {"what": "/evidence", "number": "K7QF-3M2P", "url": "https://bot.example/evidence/x"}
taps    news
bot     The proof of the last yes or no of K7QF-3M2P to this purpose: the button opens a page that
        gives out one file, once, within 15 minutes. The person is told. The file shows the
        person's random number, what they answered to which words, and when; no name. Hand it to
        nobody but the person or an authority. Anyone checks it offline: chatmagico
        verify-receipt FILE [Get the file]
"""

from enum import StrEnum

from flows.admin.ways import command_choice
from flows.kit.flow import END, Flow
from flows.kit.reply import MAX_TITLE_CHARS, Button, Say
from flows.kit.turn import Turn


class At(StrEnum):
    """Where this conversation can be: nowhere, it only answers."""


flow = Flow("admin_evidence", version=1, places=At, is_aside=True)


def is_open(turn: Turn) -> bool:
    """Whether the purpose is still to be chosen."""
    return not turn.found.url


@flow.on_found("/evidence", when=is_open, goes_to=END)
def which_purpose(turn: Turn) -> Say:
    """Ask for the purpose."""
    found = turn.found
    choices = tuple(
        command_choice(row["id"][:MAX_TITLE_CHARS], f"/evidence {found.number} {row['id']}")
        for row in found.rows
    )
    return Say("For which purpose?", choices=choices)


@flow.on_found("/evidence", goes_to=END)
def hand_out(turn: Turn) -> Say:
    """Give the page, and say what is in the file."""
    found = turn.found
    return Say(
        f"The proof of the last yes or no of {found.number} to this purpose: the button opens a "
        "page that gives out one file, once, within 15 minutes. The person is told. The file shows "
        "the person's random number, what they answered to which words, and when; no name. Hand it "
        "to nobody but the person or an authority. Anyone checks it offline: chatmagico "
        "verify-receipt FILE",
        buttons=(Button("Get the file", url=found.url),),
    )


flow.check()
