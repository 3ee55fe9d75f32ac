"""Confirm: a code that came by mail proves that an address is the person's own.

given   Monthly news needs email
given   email anna@example.org
person  correct
bot     This is what you gave me:
        E-mail: a•••@•••.org (not confirmed)
        LANGUAGE changes the language I write in.
        What shall I correct? [E-mail] [🌐 Language] [Menu]
taps    E-mail
bot     E-mail: change it, or remove it? [Change] [Remove] [Confirm]
taps    Confirm
bot     I sent a code to your address. Please write the six digits from the mail.
        [New code] [Skip]
person  is it 12?
bot     A code has six digits. Please write the six digits from the mail. [New code] [Skip]
person  111111
bot     That is not the code. Tries left: 4. Please write the six digits from the mail.
        [New code] [Skip]
person  123 456
bot     Thank you: your address is confirmed. [Menu]
"""

from enum import StrEnum
from typing import Final

from flows.detail_texts import next_detail
from flows.kit.effects import CheckCode, SendCode
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Said, Turn
from flows.rights_words import CORRECT
from flows.words import NO, as_shown

#: A code that comes late is still answered, though it counts no more.
FORGET_AFTER_S: Final = 3600
_DIGITS: Final = 6
#: Why no code was sent.
_NOT_SENT: Final = {
    "too_many": _("I send three codes an hour at most. {correct} sends another one later."),
    "no_mail": _("This Page sends no mail, so your address cannot be confirmed."),
    "no_address": _("I have no address a code could go to. {correct} shows what you gave me."),
}
#: What is said of a code that counts no more, by what became of it.
_OVER: Final = {
    "spent": _("That code counts no more: it was used, replaced, or tried too often."),
    "expired": _("That code counts no more: it is older than 15 minutes."),
    "none": _("No code is on its way to you."),
}


class At(StrEnum):
    """Where this conversation can be."""

    CODE = "code"


flow = Flow("confirm", version=1, places=At)


# --- Sent, or why not ---------------------------------------------------------
def is_sent(turn: Turn) -> bool:
    """Whether a code is on its way."""
    return turn.found.fact("result") == "sent"


def is_confirmed_already(turn: Turn) -> bool:
    """Whether there is nothing left to prove."""
    return turn.found.fact("result") == "confirmed"


@flow.on_found("code_sent", when=is_sent, goes_to=At.CODE)
def sent(turn: Turn) -> Say:
    """Say where it went."""
    return Say(_after_before(turn, turn.tell(_("I sent a code to your address."))))


@flow.on_found("code_sent", when=is_confirmed_already, goes_to=END)
def needs_no_code(turn: Turn) -> Say:
    """Say that nothing has to be proven."""
    return next_detail(turn, _after_before(turn, _is_already(turn)))


@flow.on_found("code_sent", goes_to=END)
def not_sent(turn: Turn) -> Say:
    """Say why none was sent, and what to do then."""
    why = turn.tell(_NOT_SENT[turn.found.fact("result")], correct=as_shown(CORRECT, turn.language))
    return next_detail(turn, _after_before(turn, why))


# --- Written here -------------------------------------------------------------
flow.ask(
    At.CODE,
    _("Please write the six digits from the mail."),
    choices=(_("New code"), _("Skip")),
)


@flow.on(At.CODE, "New code", goes_to=At.CODE)
def another(_turn: Turn) -> Say:
    """Have another code sent; the one before counts no more."""
    return Say(effects=(SendCode(),))


@flow.on(At.CODE, "Skip", words=NO, goes_to=END)
def leave_unconfirmed(turn: Turn) -> Say:
    """Keep the address, to which no other mail goes."""
    text = turn.tell(
        _("All right. No other mail goes there until it is confirmed; {correct} does that."),
        correct=as_shown(CORRECT, turn.language),
    )
    return next_detail(turn, text)


@flow.otherwise(At.CODE, goes_to=At.CODE)
def compare(turn: Turn) -> Say:
    """Have six digits compared; anything else costs no try."""
    digits = _digits_in(turn)
    if len(digits) != _DIGITS:
        return Say(turn.tell(_("A code has six digits.")))
    return Say(effects=(CheckCode(digits),))


flow.forgets(At.CODE, after_s=FORGET_AFTER_S)


# --- Compared -----------------------------------------------------------------
def is_right(turn: Turn) -> bool:
    """Whether it was the code."""
    return turn.found.fact("result") == "right"


def is_wrong(turn: Turn) -> bool:
    """Whether it was another, with tries left."""
    return turn.found.fact("result") == "wrong"


@flow.on_found("code_checked", when=is_right, goes_to=END)
def confirmed(turn: Turn) -> Say:
    """Say so, once."""
    return next_detail(turn, turn.tell(_("Thank you: your address is confirmed.")))


@flow.on_found("code_checked", when=is_confirmed_already, goes_to=END)
def confirmed_before(turn: Turn) -> Say:
    """Say that it was proven already."""
    return next_detail(turn, _is_already(turn))


@flow.on_found("code_checked", when=is_wrong, goes_to=At.CODE)
def wrong(turn: Turn) -> Say:
    """Say how many tries are left."""
    return Say(
        turn.tell(_("That is not the code. Tries left: {left}."), left=turn.found.fact("left"))
    )


@flow.on_found("code_checked", goes_to=At.CODE)
def over(turn: Turn) -> Say:
    """Say why no code counts, and how to get another."""
    why = turn.tell(_OVER[turn.found.fact("result")])
    again = turn.tell(_("Tap New code for another one."))
    return Say(f"{why} {again}")


flow.check()


def is_code(turn: Turn) -> bool:
    """Tell whether the person was asked for a code, and this is one."""
    position = turn.person.position
    is_asked = position is not None and position.flow == flow.name
    return is_asked and len(turn.word) == len(_digits_in(turn)) == _DIGITS


def _digits_in(turn: Turn) -> str:
    came = turn.event.input
    typed = came.text if isinstance(came, Said) else ""
    return "".join(str(int(char)) for char in typed if char.isdecimal())


def _after_before(turn: Turn, text: str) -> str:
    return " ".join(filter(None, (turn.found.fact("before"), text)))


def _is_already(turn: Turn) -> str:
    return turn.tell(_("Your address is confirmed already."))
