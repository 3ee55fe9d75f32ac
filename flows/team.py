"""Team: a human is asked, a complaint or an objection finds its way.

person  human
bot     I have noted that for the team: they see this chat in the Page's inbox. Your request
        is C-1; the answer comes by 2 December 2026. I can write here for 24 hours after your
        last message; later it waits until you write CASES, which also shows how far it is.
        While the team has this chat I stay quiet; STOP and your rights words still work.
        [My requests] [Menu]
person  complain
bot     You can complain to State Data Office, at no cost. Or write to Example e.V.:
        privacy@example.org. Shall I ask the team to answer you? [Ask the team] [No, thanks]
taps    Ask the team
bot     I have noted that for the team: they see this chat in the Page's inbox. Your request
        is C-2; the answer comes by 2 December 2026. I can write here for 24 hours after your
        last message; later it waits until you write CASES, which also shows how far it is.
        [My requests] [Menu]
person  object
bot     STOP ends all news at once, without a reason. For anything else the team looks at your
        objection and answers you. Shall I ask the team to answer you?
        [Ask the team] [No, thanks] [Stop]
person  because of my neighbour
bot     I pass on no texts, but the team can read this chat in the Page's inbox. Shall I ask
        the team to answer you? [Ask the team] [No, thanks] [Stop]
taps    No, thanks
bot     All right, I have asked nobody. [Menu]
"""

from enum import StrEnum
from typing import Final

from flows.dates import day_in
from flows.kit.effects import Effect, HandOver, OpenCase
from flows.kit.flow import END, Flow
from flows.kit.reply import Choice, Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.rights_words import CASES, COMPLAIN, HUMAN, OBJECT
from flows.ways import ways
from flows.words import MENU, NO, STOP, YES, as_shown

#: Note: what the team is to be asked about, "complain" or "object".
KIND: Final = "case_kind"
ASKED: Final = _("I have noted that for the team: they see this chat in the Page's inbox.")


class At(StrEnum):
    """Where this conversation can be."""

    ASK = "ask"


flow = Flow(
    "team",
    version=1,
    places=At,
    opens_on=(HUMAN, COMPLAIN, OBJECT),
    is_aside=True,
    notes=(KIND,),
)


def wants_a_human(turn: Turn) -> bool:
    """Whether the word was HUMAN."""
    return turn.opener == HUMAN


def wants_to_complain(turn: Turn) -> bool:
    """Whether the word was COMPLAIN."""
    return turn.opener == COMPLAIN


@flow.opens(when=wants_a_human, goes_to=END)
def ask_for_a_human(_turn: Turn) -> Say:
    """Open a case at once."""
    return Say(effects=(OpenCase("human"),))


@flow.opens(when=wants_to_complain, goes_to=At.ASK)
def complain(turn: Turn) -> Say:
    """Tell who the authority is and how to reach the controller."""
    return Say(f"{_authority(turn)} {_controller(turn)}", notes={KIND: "complain"})


@flow.opens(goes_to=At.ASK)
def object_to(turn: Turn) -> Say:
    """Say what STOP ends at once, and that the team looks at the rest."""
    text = turn.tell(
        _(
            "{stop} ends all news at once, without a reason. For anything else the team looks at "
            "your objection and answers you."
        ),
        stop=as_shown(STOP, turn.language),
    )
    return Say(text, notes={KIND: "object"})


# --- Shall I ask the team? ----------------------------------------------------
def also(turn: Turn) -> tuple[Choice, ...]:
    """Offer STOP to whoever objects."""
    return ways(turn, STOP) if turn.notes.get(KIND) == "object" else ()


flow.ask(
    At.ASK,
    _("Shall I ask the team to answer you?"),
    choices=(_("Ask the team"), _("No, thanks")),
    ways=also,
)


@flow.on(At.ASK, "Ask the team", words=YES, goes_to=END)
def ask_the_team(turn: Turn) -> Say:
    """Open a case of this kind."""
    return Say(effects=(OpenCase(turn.notes[KIND]),))


@flow.on(At.ASK, "No, thanks", words=NO, goes_to=END)
def ask_nobody(turn: Turn) -> Say:
    """Leave it at that."""
    return Say(turn.tell(_("All right, I have asked nobody.")), choices=ways(turn, MENU))


@flow.otherwise(At.ASK, goes_to=At.ASK)
def unclear(turn: Turn) -> Say:
    """Say where a text goes that is meant for the team."""
    text = _("I pass on no texts, but the team can read this chat in the Page's inbox.")
    return Say(turn.tell(text))


flow.forgets(At.ASK)


@flow.on_found("case", goes_to=END)
def tell_number(turn: Turn) -> Say:
    """Give the number, the day, and the ways in which the answer can come."""
    found = turn.found
    if found.due_on is None:
        return Say(turn.tell(ASKED), choices=ways(turn, CASES, MENU))
    text = turn.tell(
        _("Your request is {number}; the answer comes by {due_on}."),
        number=found.number,
        due_on=day_in(turn.language, found.due_on),
    )
    is_human = found.fact("kind") == HUMAN and not turn.person.is_muted
    said = [turn.tell(ASKED), text, _where(turn, by_mail=bool(found.fact("by_mail")))]
    if is_human:
        said.append(
            turn.tell(
                _(
                    "While the team has this chat I stay quiet; STOP and your rights words still "
                    "work."
                )
            )
        )
    effects: tuple[Effect, ...] = (HandOver(),) if is_human else ()
    return Say(" ".join(said), choices=ways(turn, CASES, MENU), effects=effects)


flow.check()


def _where(turn: Turn, *, by_mail: bool) -> str:
    shown = as_shown(CASES, turn.language)
    if by_mail:
        return turn.tell(
            _(
                "I can write here for 24 hours after your last message; later it comes by e-mail. "
                "{cases} shows how far it is."
            ),
            cases=shown,
        )
    return turn.tell(
        _(
            "I can write here for 24 hours after your last message; later it waits until you "
            "write {cases}, which also shows how far it is."
        ),
        cases=shown,
    )


def _authority(turn: Turn) -> str:
    if not turn.site.authority:
        return turn.tell(_("You can complain to your data protection authority, at no cost."))
    return turn.tell(
        _("You can complain to {authority}, at no cost."), authority=turn.site.authority
    )


def _controller(turn: Turn) -> str:
    if not turn.site.contact:
        return turn.tell(_("Or write to {controller}: the full notice says how."))
    return turn.tell(_("Or write to {controller}: {contact}."), contact=turn.site.contact)
