"""Withdraw: one yes is taken back as easily as it was given.

given   yes to both
person  withdraw
bot     What shall end? 1. Monthly news 2. Appeals [Monthly news] [Appeals]
taps    Appeals
bot     Done. You no longer get: Appeals. You get: Monthly news. STOP ends it at any time. [Menu]
person  withdraw
bot     What shall end? 1. Monthly news [Monthly news]
person  the blue one
bot     I did not find that in the list. CANCEL changes nothing.
        What shall end? 1. Monthly news [Monthly news]
person  1
bot     Done. You no longer get: Monthly news. Example Page sends you no news. Your data is
        due to be erased on 2 December 2026; DELETE ME does it now. [Delete me] [Menu]
person  withdraw
bot     There is nothing to withdraw. Example Page sends you no news. [My data] [Menu]
"""

from enum import StrEnum

from flows.kit.cutting import cut
from flows.kit.effects import Withdraw
from flows.kit.flow import END, Flow, Option
from flows.kit.reply import MAX_CHOICES, MAX_TITLE_CHARS, Say
from flows.kit.texts import _
from flows.kit.turn import Purpose, Turn
from flows.leaving import when_erased
from flows.purposes import granted, newer_than, titles, what_they_get
from flows.rights_words import DELETE_ME, MY_DATA, WITHDRAW
from flows.stop import what_stays
from flows.ways import ways
from flows.words import CANCEL, MENU, as_shown


class At(StrEnum):
    """Where this conversation can be."""

    WHICH = "which"


flow = Flow("withdraw", version=1, places=At, opens_on=(WITHDRAW,))


def has_nothing_granted(turn: Turn) -> bool:
    """Whether there is no yes to take back."""
    return not granted(turn)


@flow.opens(when=has_nothing_granted, goes_to=END)
def nothing_to_withdraw(turn: Turn) -> Say:
    """Say so."""
    nothing = turn.tell(_("There is nothing to withdraw."))
    text = f"{nothing} {what_they_get(turn, ())}"
    return Say(text, choices=ways(turn, MY_DATA, MENU))


@flow.opens(goes_to=At.WHICH)
def begin(_turn: Turn) -> Say:
    """Go straight to the list."""
    return Say()


# --- What shall end? ----------------------------------------------------------
def listed(turn: Turn) -> str:
    """List every yes with its number; a quick reply may be too short for its name."""
    lines = [f"{n}. {titles(turn, [p])}" for n, p in enumerate(granted(turn), 1)]
    return "\n".join([turn.tell(_("What shall end?")), *lines])


def offered(turn: Turn) -> tuple[Option, ...]:
    """Offer each yes by its name; cut names keep their number, so that no two look alike."""
    options = []
    for number, purpose in enumerate(granted(turn)[:MAX_CHOICES], 1):
        name = titles(turn, [purpose])
        fits = cut(name, MAX_TITLE_CHARS) == name
        title = name if fits else cut(f"{number}. {name}", MAX_TITLE_CHARS)
        options.append(Option(str(number), title))
    return tuple(options)


def is_listed(turn: Turn) -> bool:
    """Whether the answer is a name or a number of the list."""
    return _meant(turn) is not None


def came_too_late(turn: Turn) -> bool:
    """Whether the yes is newer than this answer, which therefore changes nothing."""
    return _meant(turn) in newer_than(turn, turn.event.at)


flow.ask(At.WHICH, listed, choices=offered)


@flow.on(At.WHICH, when=came_too_late, goes_to=END)
def too_late(turn: Turn) -> Say:
    """Record it, and tell the truth: the newer yes stays."""
    text = what_stays(turn, newer_than(turn, turn.event.at), WITHDRAW)
    return Say(text, effects=_withdrawing(_meant(turn)), choices=ways(turn, WITHDRAW, MENU))


@flow.on(At.WHICH, when=is_listed, goes_to=END)
def take_back(turn: Turn) -> Say:
    """Withdraw this one and say what is left."""
    ended = _meant(turn)
    left = [p for p in granted(turn) if p is not ended]
    done = turn.tell(
        _("Done. You no longer get: {titles}."), titles=titles(turn, [ended] if ended else [])
    )
    due = when_erased(turn, ended_at=turn.event.at, left=_others(turn, ended))
    text = " ".join(filter(None, (done, what_they_get(turn, left), due)))
    also = (DELETE_ME,) if due else ()
    return Say(text, effects=_withdrawing(ended), choices=ways(turn, *also, MENU))


@flow.otherwise(At.WHICH, goes_to=At.WHICH)
def unclear(turn: Turn) -> Say:
    """Say how to leave without a change, and list again."""
    text = turn.tell(
        _("I did not find that in the list. {cancel} changes nothing."),
        cancel=as_shown(CANCEL, turn.language),
    )
    return Say(text)


flow.forgets(At.WHICH)


flow.check()


def _meant(turn: Turn) -> Purpose | None:
    """Find the purpose of a number, tapped or typed; a typed name comes as its number."""
    number = turn.choice or turn.word
    numbered = {str(n): p for n, p in enumerate(granted(turn), 1)}
    return numbered.get(number)


def _others(turn: Turn, ended: Purpose | None) -> list[str]:
    """List every other yes, also to what the configuration no longer names."""
    yes = (name for name, state in turn.person.consents.items() if state.is_granted)
    return [name for name in yes if ended is None or name != ended.id]


def _withdrawing(purpose: Purpose | None) -> tuple[Withdraw, ...]:
    # An empty tuple of ids would withdraw everything.
    return (Withdraw((purpose.id,)),) if purpose else ()
