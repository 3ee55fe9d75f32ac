"""Correct: a person changes or removes what they gave.

person  correct
bot     You gave me no details here. LANGUAGE changes the language I write in; for anything else
        there is HUMAN. [🌐 Language] [Menu]
given   Monthly news needs email
given   email anna@example.org
person  correct
bot     This is what you gave me:
        E-mail: a•••@•••.org (not confirmed)
        LANGUAGE changes the language I write in.
        What shall I correct? [E-mail] [🌐 Language] [Menu]
person  my shoe size
bot     I did not find that in the list. CANCEL changes nothing. What shall I correct? [E-mail]
        [🌐 Language] [Menu]
taps    E-mail
bot     E-mail: change it, or remove it? [Change] [Remove] [Confirm]
taps    Remove
bot     Done. It is removed: E-mail. [Menu]
"""

from enum import StrEnum
from typing import Final

from flows.detail_texts import EMAIL, LABELS, needed
from flows.kit.effects import LookUp, RemoveDetail, SendCode, SkipDetail, WantDetail
from flows.kit.errors import PlaceGone
from flows.kit.flow import END, Flow, Option, key_of
from flows.kit.reply import Choice, Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.purposes import granted
from flows.rights_words import CORRECT, HUMAN
from flows.ways import ways
from flows.words import CANCEL, LANGUAGE, MENU, as_shown

#: Note: names of the details that were given, with a space between them.
GIVEN: Final = "details_given"
#: Note: "yes" where an address was given and is not confirmed.
UNCONFIRMED: Final = "detail_unconfirmed"
#: Note: which one is to be corrected.
WHICH: Final = "detail"
CHANGE: Final = _("Change")
REMOVE: Final = _("Remove")
CONFIRM: Final = _("Confirm")


class At(StrEnum):
    """Where this conversation can be, in the order people meet it."""

    WHICH = "which"
    HOW = "how"


flow = Flow(
    "correct",
    version=1,
    places=At,
    opens_on=(CORRECT,),
    notes=(GIVEN, UNCONFIRMED, WHICH),
)


@flow.opens(goes_to=At.WHICH)
def look_up(_turn: Turn) -> Say:
    """Look for what this person gave."""
    return Say(effects=(LookUp("given_details"),))


def is_nothing_to_correct(turn: Turn) -> bool:
    """Whether no detail was given, and none is needed."""
    return not _masked(turn) and not needed(turn, granted(turn))


@flow.on_found("given_details", when=is_nothing_to_correct, goes_to=END)
def nothing_given(turn: Turn) -> Say:
    """Say so, and what can be corrected otherwise."""
    text = turn.tell(
        _(
            "You gave me no details here. {language} changes the language I write in; for "
            "anything else there is {human}."
        ),
        language=as_shown(LANGUAGE, turn.language),
        human=as_shown(HUMAN, turn.language),
    )
    return Say(text, choices=ways(turn, LANGUAGE, MENU))


@flow.on_found("given_details", goes_to=At.WHICH)
def list_them(turn: Turn) -> Say:
    """List what was given, masked, and what is not there though something needs it."""
    given = tuple(_masked(turn))
    lines = [_line(turn, name) for name in _all_of(turn, given)]
    language = turn.tell(
        _("{language} changes the language I write in."),
        language=as_shown(LANGUAGE, turn.language),
    )
    notes = {GIVEN: " ".join(given), UNCONFIRMED: "yes" if _is_unconfirmed(turn) else ""}
    return Say(
        "\n".join([turn.tell(_("This is what you gave me:")), *lines, language]), notes=notes
    )


# --- Which one? ---------------------------------------------------------------
def offered(turn: Turn) -> tuple[Option, ...]:
    """Offer each detail by its name."""
    names = _all_of(turn, _given(turn))
    return tuple(Option(name, turn.tell(LABELS[name])) for name in names)


def otherwise_offered(turn: Turn) -> tuple[Choice, ...]:
    """Offer the language, which is changed elsewhere."""
    return ways(turn, LANGUAGE, MENU)


def is_given(turn: Turn) -> bool:
    """Whether the answer is a detail that was given."""
    return turn.choice in _given(turn)


def is_missing(turn: Turn) -> bool:
    """Whether the answer is a detail that was not given, but is needed."""
    return turn.choice in _all_of(turn, ())


flow.ask(At.WHICH, _("What shall I correct?"), choices=offered, ways=otherwise_offered)


@flow.on(At.WHICH, when=is_given, goes_to=At.HOW)
def take_this(turn: Turn) -> Say:
    """Go straight to what shall happen to it."""
    return Say(notes={WHICH: turn.choice})


@flow.on(At.WHICH, when=is_missing, goes_to=END)
def give_it(turn: Turn) -> Say:
    """Ask for it, for the person wants to be asked."""
    return Say(effects=(WantDetail((turn.choice,)),))


@flow.otherwise(At.WHICH, goes_to=At.WHICH)
def not_listed(turn: Turn) -> Say:
    """Say how to leave without a change, and ask again."""
    text = turn.tell(
        _("I did not find that in the list. {cancel} changes nothing."),
        cancel=as_shown(CANCEL, turn.language),
    )
    return Say(text)


flow.forgets(At.WHICH)


# --- Change it, or remove it? -------------------------------------------------
def change_or_remove(turn: Turn) -> str:
    """Ask what shall happen to it."""
    label = turn.tell(LABELS[_meant(turn)])
    return turn.tell(_("{label}: change it, or remove it?"), label=label)


def acts(turn: Turn) -> tuple[Option, ...]:
    """Offer both, and to confirm an address that is not confirmed."""
    titles = [CHANGE, REMOVE, *[CONFIRM] * can_be_confirmed(turn)]
    return tuple(Option(key_of(title), turn.tell(title)) for title in titles)


def can_be_confirmed(turn: Turn) -> bool:
    """Whether it is an address that a code can be sent to."""
    is_open = _meant(turn) == EMAIL and turn.notes.get(UNCONFIRMED) == "yes"
    return is_open and turn.site.has_mail


flow.ask(At.HOW, change_or_remove, choices=acts)


@flow.on(At.HOW, CHANGE, goes_to=END)
def change(turn: Turn) -> Say:
    """Ask for it anew."""
    return Say(effects=(WantDetail((_meant(turn),), is_correction=True),))


@flow.on(At.HOW, REMOVE, goes_to=END)
def remove(turn: Turn) -> Say:
    """Delete it, and do not ask for it again."""
    name = _meant(turn)
    return Say(effects=(SkipDetail(name), RemoveDetail(name)))


@flow.on(At.HOW, CONFIRM, when=can_be_confirmed, goes_to=END)
def confirm(_turn: Turn) -> Say:
    """Have a code sent."""
    return Say(effects=(SendCode(),))


@flow.otherwise(At.HOW, goes_to=At.HOW)
def unclear(turn: Turn) -> Say:
    """Say what can be answered here."""
    return Say(turn.tell(_("Please tap one of the buttons below.")))


flow.forgets(At.HOW)


@flow.on_found("detail_removed", goes_to=END)
def removed(turn: Turn) -> Say:
    """Say that it is gone."""
    name = turn.found.fact("field")
    label = turn.tell(LABELS[name]) if name in LABELS else name
    text = turn.tell(_("Done. It is removed: {label}."), label=label)
    return Say(text, choices=ways(turn, MENU))


flow.check()


def _masked(turn: Turn) -> dict[str, str]:
    """Give what was given, as far as it is shown, by name."""
    return {name: value for name, value in turn.found.facts.items() if name in LABELS}


def _is_unconfirmed(turn: Turn) -> bool:
    return EMAIL in _masked(turn) and not turn.found.fact("confirmed")


def _given(turn: Turn) -> tuple[str, ...]:
    return tuple(name for name in turn.notes.get(GIVEN, "").split() if name in LABELS)


def _all_of(turn: Turn, given: tuple[str, ...]) -> tuple[str, ...]:
    """List what was given, then what something needs all the same."""
    return tuple(dict.fromkeys((*given, *needed(turn, granted(turn)))))


def _meant(turn: Turn) -> str:
    name = turn.notes.get(WHICH, "")
    if name not in LABELS:
        raise PlaceGone
    return name


def _line(turn: Turn, name: str) -> str:
    value = _masked(turn).get(name) or turn.tell(_("not given"))
    is_open = name == EMAIL and _is_unconfirmed(turn)
    note = turn.tell(_("(not confirmed)")) if is_open else ""
    return f"{turn.tell(LABELS[name])}: {value} {note}".rstrip()
