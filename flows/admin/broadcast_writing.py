"""Writing a broadcast: one question a step, then its numbers, then the code.

finds   {"what": "/broadcast", "rows": [{"id": "news", "title": "Club news",
        "class": "marketing"}]}
person  /broadcast
bot     What is it for? That decides who gets it: only who agreed to it. /broadcast new news: Club
        news, marketing. [news] [/broadcasts]
finds   {"what": "/broadcast new", "field": "title", "line": "/broadcast new news"}
taps    news
bot     Please type a title: it is for you, recipients don't see it. [Leave it]
finds   {"what": "/broadcast new", "field": "text", "line": "/broadcast new news"}
person  Fair
bot     Please type the text. {name|friend} becomes the name that a person gave. [Leave it]
finds   {"what": "broadcast_refused", "found": "length", "language": "de", "chars": "700",
        "limit": "500", "field": "text", "line": "/broadcast new news"}
person  It is on Sunday.
bot     Nothing was changed. The text has 700 characters in de, and 500 fit. Please type the text.
        {name|friend} becomes the name that a person gave. [Leave it]
finds   {"what": "broadcast_refused", "found": "time"}
person  Sunday!
bot     Nothing was changed. That time is over, or less than two minutes away: /broadcast set … when
        [/broadcasts]
finds   {"what": "/broadcast set", "number": "12", "title": "Fair", "languages": "en de"}
person  /broadcast set 12
bot     What of Fair is to be changed? [title] [text] [when] [useful] [picture] [button] [de]
finds   {"what": "/broadcast set", "field": "when", "line": "/broadcast set 12 when"}
taps    when
bot     When? Type now, 2026-12-24 10:00, daily 10:00, weekly mon 10:00 or cron 0 10 1 * *. With the
        word local behind it, it is each person's own clock. [Leave it]
finds   {"what": "/broadcast test", "number": "12"}
person  /broadcast test 12
bot     That is just what a recipient gets. [/broadcasts 12]
finds   {"what": "/broadcast send", "field": "count", "line": "/broadcast send 12", "count": "3",
        "said": "3 now · 1 opted out."}
person  /broadcast send 12
bot     3 now · 1 opted out. Please type how many get it: 3. Then your code sends it. [Leave it]
person  4
bot     That is not the number. Please type how many get it: 3. Then your code sends it. [Leave it]
finds   {"what": "/broadcast send", "number": "12", "when": "2026-12-24 10:00, UTC"}
person  3
bot     Broadcast 12 begins at 2026-12-24 10:00, UTC. Until then it can be taken back. [Undo] [Show]
"""

from enum import StrEnum
from typing import Final

from flows.admin.broadcast_refusals import reason_of_broadcast
from flows.admin.ways import command_choice, command_choices
from flows.kit.effects import RunCommand
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Said, Turn

#: Notes: which field is asked for, to which command the answer is added, what must be typed.
FIELD: Final = "broadcast_field"
LINE: Final = "broadcast_line"
COUNT: Final = "broadcast_count"
_FIELDS: Final = ("title", "text", "when", "useful", "picture", "button")
_QUESTIONS: Final = {
    "title": "Please type a title: it is for you, recipients don't see it.",
    "text": "Please type the text. {name|friend} becomes the name that a person gave.",
    "when": (
        "When? Type now, 2026-12-24 10:00, daily 10:00, weekly mon 10:00 or cron 0 10 1 * *. With "
        "the word local behind it, it is each person's own clock."
    ),
    "useful": "For how many hours is it of use? What can't be sent by then is not sent.",
    "picture": "Please type the https address of the picture, or none.",
    "button": "Please type the button's title and its address: Details https://…, or none.",
}


class At(StrEnum):
    """Where this conversation can be."""

    WORDS = "words"


flow = Flow("admin_broadcast_writing", version=1, places=At, notes=(FIELD, LINE, COUNT))


@flow.on_found("/broadcast", goes_to=END)
def which_purpose(turn: Turn) -> Say:
    """Ask for the purpose."""
    rows = turn.found.rows
    # The whole command: a purpose may have a name that means something else, such as news.
    lines = [f"/broadcast new {row['id']}: {row['title']}, {row['class']}." for row in rows]
    choices = [command_choice(row["id"][:20], f"/broadcast new {row['id']}") for row in rows[:10]]
    asked = "What is it for? That decides who gets it: only who agreed to it."
    return Say("\n".join([asked, *lines]), choices=(*choices, *command_choices("/broadcasts")))


def asks(turn: Turn) -> bool:
    """Whether something is still to be typed."""
    return "field" in turn.found.facts


@flow.on_found("/broadcast new", when=asks, goes_to=At.WORDS)
@flow.on_found("/broadcast set", when=asks, goes_to=At.WORDS)
@flow.on_found("/broadcast send", when=asks, goes_to=At.WORDS)
def begin(turn: Turn) -> Say:
    """Remember what is asked for."""
    facts = turn.found.facts
    notes = {FIELD: facts["field"], LINE: facts["line"], COUNT: facts.get("count", "")}
    return Say(facts.get("said", ""), notes=notes)


@flow.on_found("/broadcast set", goes_to=END)
def which_field(turn: Turn) -> Say:
    """Ask what is to be changed."""
    found = turn.found
    fields = (*_FIELDS, *found.facts["languages"].split()[1:])
    choices = tuple(
        command_choice(field, f"/broadcast set {found.number} {field}") for field in fields
    )
    return Say(f"What of {found.facts['title']} is to be changed?", choices=choices)


@flow.on_found("broadcast_refused", when=asks, goes_to=At.WORDS)
def ask_again(turn: Turn) -> Say:
    """Say what doesn't fit, and ask for it again."""
    facts = turn.found.facts
    notes = {FIELD: facts["field"], LINE: facts["line"], COUNT: ""}
    return Say(_what_does_not_fit(turn), notes=notes)


@flow.on_found("broadcast_refused", goes_to=END)
def refuse(turn: Turn) -> Say:
    """Say what doesn't fit."""
    return Say(_what_does_not_fit(turn), choices=command_choices("/broadcasts"))


@flow.on_found("/broadcast test", goes_to=END)
def tested(turn: Turn) -> Say:
    """Announce it."""
    number = turn.found.number
    return Say(
        "That is just what a recipient gets.",
        choices=command_choices(f"/broadcasts {number}"),
    )


@flow.on_found("/broadcast send", goes_to=END)
def confirmed(turn: Turn) -> Say:
    """Say when it is sent, and how it is taken back."""
    found = turn.found
    number = found.number
    return Say(
        f"Broadcast {number} begins at {found.facts['when']}. Until then it can be taken back.",
        choices=(
            command_choice("Undo", f"/broadcast undo {number}"),
            command_choice("Show", f"/broadcasts {number}"),
        ),
    )


# --- What is typed ------------------------------------------------------------
def question(turn: Turn) -> str:
    """Ask for one field."""
    field = turn.notes.get(FIELD, "")
    if field == "count":
        count = turn.notes.get(COUNT, "")
        return f"Please type how many get it: {count}. Then your code sends it."
    return _QUESTIONS.get(field) or f"Please type the text in this language: {field}."


flow.ask(At.WORDS, question, choices=("Leave it",))


@flow.on(At.WORDS, "Leave it", goes_to=END)
def leave(_turn: Turn) -> Say:
    """Change nothing."""
    return Say("All right, nothing was changed.", choices=command_choices("/broadcasts"))


def is_other_number(turn: Turn) -> bool:
    """Whether another number was typed than the one that was asked for."""
    return turn.notes.get(FIELD) == "count" and _typed(turn) != turn.notes.get(COUNT)


@flow.on(At.WORDS, when=is_other_number, goes_to=At.WORDS)
def not_the_number(_turn: Turn) -> Say:
    """Ask again."""
    return Say("That is not the number.")


def is_text(turn: Turn) -> bool:
    """Whether something was typed."""
    return bool(_typed(turn)) and not turn.choice


@flow.on(At.WORDS, when=is_text, goes_to=END)
def take(turn: Turn) -> Say:
    """Give it back as a command, so that the gate sees it."""
    return Say(effects=(RunCommand(f"{turn.notes[LINE]} {_typed(turn)}"),))


@flow.otherwise(At.WORDS, goes_to=At.WORDS)
def unclear(_turn: Turn) -> Say:
    """Say what is expected."""
    return Say("An answer is text. [Leave it] changes nothing.")


flow.forgets(At.WORDS)


flow.check()


def _what_does_not_fit(turn: Turn) -> str:
    return f"Nothing was changed. {reason_of_broadcast(turn.found)}"


def _typed(turn: Turn) -> str:
    came = turn.event.input
    return came.text.strip() if isinstance(came, Said) else ""
