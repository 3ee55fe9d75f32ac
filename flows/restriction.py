"""Restrict: what is known stays, and nothing is done with it until RESUME.

given   yes to Monthly news
person  restrict
bot     Done. I keep your data, but I use it only to answer you here. You get no news. MY DATA,
        DELETE ME and HUMAN go on working. RESUME lifts it again. [Resume] [My data]
person  news
bot     Your data is restricted, so I send you no news and ask nothing. RESUME lifts it.
        [Resume] [My data]
taps    Resume
bot     Done. I use your data again as before. You get: Monthly news. STOP ends it at any time.
        [My data] [Menu]
person  resume
bot     Nothing is restricted. You get: Monthly news. STOP ends it at any time. [My data] [Menu]
"""

from enum import StrEnum

from flows.kit.effects import Restrict
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.purposes import granted, what_they_get
from flows.rights_words import DELETE_ME, HUMAN, MY_DATA, RESTRICT, RESUME
from flows.ways import ways
from flows.words import MENU, as_shown


class At(StrEnum):
    """No places: each word is done at once."""


flow = Flow("restriction", version=1, places=At, opens_on=(RESTRICT, RESUME))


def wants_to_restrict(turn: Turn) -> bool:
    """Whether the word was RESTRICT."""
    return turn.opener == RESTRICT


def is_restricted(turn: Turn) -> bool:
    """Whether the person restricted the use of their data."""
    return turn.person.is_restricted


@flow.opens(when=wants_to_restrict, goes_to=END)
def restrict(turn: Turn) -> Say:
    """Restrict at once and say what stays possible."""
    text = turn.tell(
        _(
            "Done. I keep your data, but I use it only to answer you here. You get no news. "
            "{my_data}, {delete_me} and {human} go on working. {resume} lifts it again."
        ),
        my_data=as_shown(MY_DATA, turn.language),
        delete_me=as_shown(DELETE_ME, turn.language),
        human=as_shown(HUMAN, turn.language),
        resume=as_shown(RESUME, turn.language),
    )
    return Say(text, effects=(Restrict(is_restricted=True),), choices=ways(turn, RESUME, MY_DATA))


@flow.opens(when=is_restricted, goes_to=END)
def resume(turn: Turn) -> Say:
    """Lift the restriction; a consent counts again only if it was never withdrawn."""
    done = turn.tell(_("Done. I use your data again as before."))
    return Say(
        f"{done} {what_they_get(turn, granted(turn))}",
        effects=(Restrict(is_restricted=False),),
        choices=ways(turn, MY_DATA, MENU),
    )


@flow.opens(goes_to=END)
def resume_nothing(turn: Turn) -> Say:
    """Say that there is nothing to lift."""
    nothing = turn.tell(_("Nothing is restricted."))
    text = f"{nothing} {what_they_get(turn, granted(turn))}"
    return Say(text, choices=ways(turn, MY_DATA, MENU))


flow.check()


def stays_restricted(turn: Turn) -> Say:
    """Say why there are no news and no question, and how that ends."""
    text = turn.tell(
        _("Your data is restricted, so I send you no news and ask nothing. {resume} lifts it."),
        resume=as_shown(RESUME, turn.language),
    )
    return Say(text, choices=ways(turn, RESUME, MY_DATA))
