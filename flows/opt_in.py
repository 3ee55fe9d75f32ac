"""Opt in: one question for each kind of news, yes and no equally easy.

person  news
bot     Are you at least 16 years old? [Yes] [No]
person  maybe
bot     Please tap Yes or No, or write it. Are you at least 16 years old? [Yes] [No]
taps    Yes
bot     Monthly news: Once a month, what we do. May we send you this? Messenger lets us
        write up to 24 hours after your last message, otherwise when you next write to us.
        STOP ends it at any time. [Yes] [No]
taps    Yes
bot     Noted: yes. Appeals: When help is needed. May we send you this? Messenger lets us
        write up to 24 hours after your last message, otherwise when you next write to us.
        STOP ends it at any time. [Yes] [No]
person  no thanks
bot     Noted: no. You get: Monthly news. STOP ends it at any time. [Menu]
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from flows.age import is_age_unknown, is_too_young, too_young_for_news
from flows.detail_texts import to_ask_for
from flows.kit.effects import RecordConsent, SetAgeOk, WantDetail, Withdraw
from flows.kit.errors import PlaceGone
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Purpose, Said, Turn
from flows.links import purpose_in
from flows.policy_news import asked_anew, keep
from flows.purposes import (
    came_late,
    consent_to,
    granted,
    in_language,
    stays_unsubscribed,
    titles,
    what_they_get,
)
from flows.restriction import is_restricted, stays_restricted
from flows.ways import ways
from flows.words import KEEP, MENU, NEWS, NO, START, STOP, YES, as_shown

#: Note: which purpose is being asked about.
PURPOSE: Final = "purpose"
#: Note: the one purpose that a link asks about, so that no other is asked about after it.
LINKED: Final = "linked"


class At(StrEnum):
    """Where this conversation can be, in the order people meet it."""

    AGE = "age"
    NEWS = "news"


flow = Flow("opt_in", version=1, places=At, opens_on=(NEWS, START, KEEP), notes=(PURPOSE, LINKED))


def keeps_all(turn: Turn) -> bool:
    """Whether the word was KEEP, and nothing has to be asked anew for that."""
    return turn.opener == KEEP and not asked_anew(turn)


@flow.opens(when=keeps_all, goes_to=END)
def keep_all(turn: Turn) -> Say:
    """Leave everything as it is after the notice has changed."""
    return keep(turn)


@flow.opens(when=is_restricted, goes_to=END)
def ask_nothing(turn: Turn) -> Say:
    """Say that nothing is sent or asked until RESUME."""
    return stays_restricted(turn)


def has_nothing_to_ask(turn: Turn) -> bool:
    """Whether every purpose has its yes already."""
    return _first_open(turn) is None


def is_unseen(turn: Turn) -> bool:
    """Whether this was typed before the question can have been read; a tap proves that it was."""
    return turn.person.has_unheard and isinstance(turn.event.input, Said)


@flow.opens(when=has_nothing_to_ask, goes_to=END)
def tell_state(turn: Turn) -> Say:
    """Say what the person gets, and how to end it."""
    return Say(what_they_get(turn, granted(turn)), choices=ways(turn, MENU))


@flow.opens(when=is_too_young, goes_to=END)
def keep_refusing(turn: Turn) -> Say:
    """Explain again, without asking again."""
    return too_young_for_news(turn)


@flow.opens(when=is_age_unknown, goes_to=At.AGE)
def begin_with_age(turn: Turn) -> Say:
    """Go straight to the question."""
    return Say(notes=_linked(turn))


@flow.opens(goes_to=At.NEWS)
def begin(turn: Turn) -> Say:
    """Go straight to the purpose of a link, or to the first without a yes."""
    return Say(notes={**_linked(turn), **_asking(_first_open(turn))})


# --- Old enough? --------------------------------------------------------------
flow.ask(At.AGE, _("Are you at least {minimum_age} years old?"), choices=(_("Yes"), _("No")))


@flow.on(At.AGE, "Yes", words=YES, when=is_unseen, goes_to=At.AGE)
def ask_age_first(_turn: Turn) -> Say:
    """Ask again: nobody answers a question they have not seen."""
    return Say()


@flow.on(At.AGE, "Yes", words=YES, goes_to=At.NEWS)
def old_enough(turn: Turn) -> Say:
    """Remember the yes, never the age."""
    return Say(effects=(SetAgeOk(is_ok=True),), notes=_asking(_first_open(turn)))


@flow.on(At.AGE, "No", words=NO, goes_to=END)
def too_young(turn: Turn) -> Say:
    """Ask for no consent, and say why."""
    said = too_young_for_news(turn)
    # What was agreed to on the word that they are old enough falls with that word.
    ended = (Withdraw(),) if granted(turn) else ()
    return Say(said.text, effects=(SetAgeOk(is_ok=False), *ended), buttons=said.buttons)


@flow.otherwise(At.AGE, goes_to=At.AGE)
def age_unclear(turn: Turn) -> Say:
    """Ask again, without guessing."""
    return Say(_tap_or_write(turn))


# --- May we send you this? ----------------------------------------------------
def about_purpose(turn: Turn) -> str:
    """Ask about one purpose, in the words of the configuration."""
    purpose = _asked_about(turn)
    return turn.tell(
        _(
            "{title}: {text}\n\nMay we send you this? Messenger lets us write up to 24 hours "
            "after your last message, otherwise when you next write to us. {stop} ends it at "
            "any time."
        ),
        title=titles(turn, [purpose]),
        text=in_language(turn, purpose.text),
        stop=as_shown(STOP, turn.language),
    )


def more_follow(turn: Turn) -> bool:
    """Whether another purpose is still to be asked."""
    return _next_open(turn) is not None


flow.ask(At.NEWS, about_purpose, choices=(_("Yes"), _("No")))


@flow.on(At.NEWS, "Yes", words=YES, when=is_unseen, goes_to=At.NEWS)
def ask_first(_turn: Turn) -> Say:
    """Ask again: nobody agrees to words they have not seen."""
    return Say()


@flow.on(At.NEWS, "Yes", words=YES, when=is_age_unknown, goes_to=At.AGE)
def ask_the_age_after_all(_turn: Turn) -> Say:
    """Ask the age that counts since the question was put."""
    return Say()


def is_replaced(turn: Turn) -> bool:
    """Whether the notice has changed since this was asked, so that a yes would not count."""
    since = consent_to(turn, _asked_about(turn)).asked_anew_at
    return since is not None and turn.event.at <= since


@flow.on(At.NEWS, "Yes", words=YES, when=is_replaced, goes_to=At.NEWS)
def ask_under_new_notice(turn: Turn) -> Say:
    """Say why it is asked again."""
    return Say(turn.tell(_("Our notice has changed since I asked, so I ask again.")))


@flow.on(At.NEWS, "Yes", words=YES, when=came_late, goes_to=At.NEWS)
def stay_out(turn: Turn) -> Say:
    """Record a yes that is older than a STOP, which changes nothing; ask again."""
    return Say(stays_unsubscribed(turn), effects=(_record(turn, is_granted=True),))


@flow.on(At.NEWS, "Yes", words=YES, when=more_follow, goes_to=At.NEWS)
def agree(turn: Turn) -> Say:
    """Record the yes and go on to the next purpose."""
    effects = (_record(turn, is_granted=True),)
    return Say(turn.tell(_("Noted: yes.")), effects=effects, notes=_asking(_next_open(turn)))


@flow.on(At.NEWS, "Yes", words=YES, goes_to=END)
def agree_at_last(turn: Turn) -> Say:
    """Record the yes and say what the person gets now."""
    purposes = _with(turn, _asked_about(turn))
    return _end(turn, _("Noted: yes."), purposes, _record(turn, is_granted=True))


@flow.on(At.NEWS, "No", words=NO, when=more_follow, goes_to=At.NEWS)
def decline(turn: Turn) -> Say:
    """Record the no and go on to the next purpose."""
    effects = (_record(turn, is_granted=False),)
    return Say(turn.tell(_("Noted: no.")), effects=effects, notes=_asking(_next_open(turn)))


@flow.on(At.NEWS, "No", words=NO, goes_to=END)
def decline_at_last(turn: Turn) -> Say:
    """Record the no and say what the person gets now."""
    return _end(turn, _("Noted: no."), granted(turn), _record(turn, is_granted=False))


@flow.otherwise(At.NEWS, goes_to=At.NEWS)
def unclear(turn: Turn) -> Say:
    """Ask again, without guessing."""
    return Say(_tap_or_write(turn))


flow.check()


def _end(turn: Turn, noted: str, purposes: Iterable[Purpose], record: RecordConsent) -> Say:
    """Say what the person gets now, and go on to a detail that this needs."""
    purposes = tuple(purposes)
    text = f"{turn.tell(noted)} {what_they_get(turn, purposes)}"
    wanted = to_ask_for(turn, purposes)
    if wanted:
        return Say(effects=(record, WantDetail(wanted, before=text)))
    return Say(text, effects=(record,), choices=ways(turn, MENU))


def _record(turn: Turn, *, is_granted: bool) -> RecordConsent:
    """Keep the answer with the exact words that were shown."""
    return RecordConsent(
        purpose_id=turn.notes[PURPOSE],
        is_granted=is_granted,
        text=turn.asked,
        text_version=f"{flow.name}/{flow.version}",
        language=turn.language,
    )


def _asking(purpose: Purpose | None) -> dict[str, str]:
    return {PURPOSE: purpose.id} if purpose else {}


def _asked_about(turn: Turn) -> Purpose:
    wanted = turn.notes.get(PURPOSE)
    found = next((p for p in turn.site.purposes if p.id == wanted), None)
    if found is None:
        raise PlaceGone
    return found


def _is_open(turn: Turn, purpose: Purpose) -> bool:
    return not consent_to(turn, purpose).is_granted


def _linked(turn: Turn) -> dict[str, str]:
    """Note which purpose a link leads to."""
    purpose = purpose_in(turn.site, turn.event)
    return {LINKED: purpose.id} if purpose else {}


def _first_open(turn: Turn) -> Purpose | None:
    """Find what to ask first: a link's purpose, what the notice has ended, else the first open."""
    linked = turn.notes.get(LINKED) or _linked(turn).get(LINKED)
    may_be = (p for p in turn.site.purposes if not linked or p.id == linked)
    anew = () if linked else asked_anew(turn)
    return next(iter(anew), next((p for p in may_be if _is_open(turn, p)), None))


def _next_open(turn: Turn) -> Purpose | None:
    """Find the next purpose behind the one just answered; none is asked twice in a row."""
    purposes = turn.site.purposes
    first = len(purposes) if LINKED in turn.notes else purposes.index(_asked_about(turn)) + 1
    behind = purposes[first:]
    return next((p for p in behind if _is_open(turn, p)), None)


def _with(turn: Turn, purpose: Purpose) -> list[Purpose]:
    """List what the person gets once this yes is applied."""
    now = {p.id for p in granted(turn)} | {purpose.id}
    return [p for p in turn.site.purposes if p.id in now]


def _tap_or_write(turn: Turn) -> str:
    return turn.tell(_("Please tap Yes or No, or write it."))
