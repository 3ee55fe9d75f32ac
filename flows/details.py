"""Details: what a kind of news needs, asked with the reason, given on a page or here, or skipped.

given   Monthly news needs email
given   yes to both
person  correct
bot     This is what you gave me:
        E-mail: not given
        LANGUAGE changes the language I write in.
        What shall I correct? [E-mail] [🌐 Language] [Menu]
taps    E-mail
bot     For this we need your e-mail address: Monthly news. A page of its own is best: what you
        write here stays in Messenger too. [Open page] [Write it here] [Skip]
taps    Write it here
bot     Please write your e-mail address. [Skip] [E-mail]
person  anna at example
bot     That is no e-mail address that mail can go to. Perhaps there is a slip in it.
        Please write your e-mail address. [Skip] [E-mail]
person  anna@example.org
bot     Got it. I sent a code to your address. Please write the six digits from the mail.
        [New code] [Skip]
"""

from enum import StrEnum
from typing import Final

from flows.detail_texts import (
    EMAIL,
    LABELS,
    NAME,
    PHONE,
    REFUSALS,
    REQUESTS,
    next_detail,
    reason,
    to_ask_for,
)
from flows.kit.effects import KeepDetail, SendCode, SkipDetail, WantDetail
from flows.kit.errors import PlaceGone
from flows.kit.flow import END, Flow
from flows.kit.reply import Button, Choice, FillsIn, Say
from flows.kit.texts import _
from flows.kit.turn import Said, Turn
from flows.purposes import granted
from flows.rights_words import CORRECT
from flows.ways import ways
from flows.words import MENU, NO, as_shown

#: Note: which detail is being asked for.
DETAIL: Final = "detail"
#: Note: "yes" where it takes the place of one that was given.
CORRECTION: Final = "detail_correction"
#: What Messenger can fill in by itself.
FILLED_IN: Final[dict[str, FillsIn]] = {EMAIL: "user_email", PHONE: "user_phone_number"}
GOT_IT: Final = _("Got it.")


class At(StrEnum):
    """Where this conversation can be, in the order people meet it."""

    OFFER = "offer"
    WRITE = "write"


flow = Flow("details", version=1, places=At, notes=(DETAIL, CORRECTION))


# --- A page of its own, or here? ----------------------------------------------
def is_nothing_wanted(turn: Turn) -> bool:
    """Whether nothing is left to ask for."""
    return not turn.found.fact("field")


@flow.on_found("detail_wanted", when=is_nothing_wanted, goes_to=END)
def no_more(turn: Turn) -> Say:
    """Leave it at what was said."""
    text = turn.found.fact("before") or turn.tell(_("I have all I need."))
    return Say(text, choices=ways(turn, MENU))


@flow.on_found("detail_wanted", goes_to=At.OFFER)
def offer_page(turn: Turn) -> Say:
    """Ask, with the page that was made for it."""
    notes = {
        DETAIL: turn.found.fact("field"),
        CORRECTION: turn.found.fact("correction"),
    }
    buttons = (Button(turn.tell(_("Open page")), url=turn.found.url),)
    return Say(turn.found.fact("before"), notes=notes, buttons=buttons)


def why_and_where(turn: Turn) -> str:
    """Say what needs it, and why the page is better."""
    name = _asked_for(turn)
    label = turn.tell(_("{label}: what shall I note?"), label=turn.tell(LABELS[name]))
    where = turn.tell(_("A page of its own is best: what you write here stays in Messenger too."))
    return f"{reason(turn, name) or label} {where}"


flow.ask(At.OFFER, why_and_where, choices=(_("Write it here"), _("Skip")))


@flow.on(At.OFFER, "Write it here", goes_to=At.WRITE)
def write_here(_turn: Turn) -> Say:
    """Go straight to the request."""
    return Say()


@flow.on(At.OFFER, "Skip", words=NO, goes_to=END)
def skip(turn: Turn) -> Say:
    """Never ask again for what was skipped; go on to the next detail."""
    return _skipped(turn)


@flow.otherwise(At.OFFER, goes_to=At.OFFER)
def written_at_once(turn: Turn) -> Say:
    """Take an answer that was written right away; any text may be a name, so not that."""
    if _asked_for(turn) == NAME or not isinstance(turn.event.input, Said):
        return Say(turn.tell(_("Please tap one of the buttons below.")))
    return _keep(turn)


flow.forgets(At.OFFER)


# --- Written here -------------------------------------------------------------
def request(turn: Turn) -> str:
    """Ask for it."""
    return turn.tell(REQUESTS[_asked_for(turn)])


def what_messenger_knows(turn: Turn) -> tuple[Choice, ...]:
    """Let Messenger fill in what the person gave it, where it can."""
    name = _asked_for(turn)
    fills_in = FILLED_IN.get(name)
    return (Choice(turn.tell(LABELS[name]), name, fills_in),) if fills_in else ()


flow.ask(At.WRITE, request, choices=(_("Skip"),), ways=what_messenger_knows)


@flow.on(At.WRITE, "Skip", words=NO, goes_to=END)
def skip_after_all(turn: Turn) -> Say:
    """Never ask again for what was skipped; go on to the next detail."""
    return _skipped(turn)


@flow.otherwise(At.WRITE, goes_to=At.WRITE)
def written(turn: Turn) -> Say:
    """Have it checked and kept."""
    return _keep(turn) if isinstance(turn.event.input, Said) else Say()


flow.forgets(At.WRITE)


# --- Given, here or on the page -----------------------------------------------
def is_refused(turn: Turn) -> bool:
    """Whether it was no such thing."""
    return turn.found.fact("result") == "refused"


def is_address(turn: Turn) -> bool:
    """Whether it is an e-mail address, which a code has to prove."""
    return turn.found.fact("field") == EMAIL


@flow.on_found("detail_given", when=is_refused, goes_to=At.WRITE)
def refuse(turn: Turn) -> Say:
    """Say what is wrong with it, and ask again."""
    name = turn.found.fact("field")
    return Say(turn.tell(REFUSALS[name]), notes={DETAIL: name})


@flow.on_found("detail_given", when=is_address, goes_to=END)
def prove(turn: Turn) -> Say:
    """Have a code sent."""
    return Say(effects=(SendCode(before=turn.tell(GOT_IT)),))


@flow.on_found("detail_given", goes_to=END)
def got_it(turn: Turn) -> Say:
    """Go on to the next detail."""
    return next_detail(turn, turn.tell(GOT_IT))


flow.check()


def _asked_for(turn: Turn) -> str:
    name = turn.notes.get(DETAIL, "")
    if name not in LABELS:
        raise PlaceGone
    return name


def _keep(turn: Turn) -> Say:
    came = turn.event.input
    typed = came.text if isinstance(came, Said) else ""
    return Say(effects=(KeepDetail(_asked_for(turn), typed),))


def _skipped(turn: Turn) -> Say:
    """Remember it, unless a detail that was given simply stays as it is."""
    name = _asked_for(turn)
    if turn.notes.get(CORRECTION):
        text = turn.tell(_("All right, it stays as it is."))
        return Say(text, choices=ways(turn, MENU))
    text = turn.tell(
        _("All right, I do not ask for that again. You can still give it: write {correct}."),
        correct=as_shown(CORRECT, turn.language),
    )
    left = tuple(other for other in to_ask_for(turn, granted(turn)) if other != name)
    return Say(effects=(SkipDetail(name), WantDetail(left, before=text)))
