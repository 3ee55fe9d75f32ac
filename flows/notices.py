"""What others did about a person's account, in the words that the person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.dates import day_in
from flows.kit.effects import HandNotices, MarkAnswersTold, MarkLooksTold
from flows.kit.reply import Say
from flows.kit.texts import _, translate
from flows.kit.turn import Said, Showed, Tapped
from flows.rights_words import CASES, MY_DATA
from flows.words import as_shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.kit.effects import Effect
    from flows.kit.person import Look
    from flows.kit.turn import Turn

#: An answer of the team, with the words around it, fits one bubble in every language.
MAX_ANSWER_CHARS: Final = 1700

KINDS: Final = {
    "human": _("a word with the team"),
    "complain": _("a complaint"),
    "object": _("an objection"),
}
#: Who of the team it was; never a name.
ROLES: Final = {
    "owner": _("owner"),
    "sender": _("sender"),
    "privacy officer": _("privacy officer"),
    "viewer": _("viewer"),
}
_LOOK = _(
    "Somebody of the team looked at your data on {day}, in the role: {role}. {my_data} shows "
    "every such look."
)
_LOOKS = _(
    "The team looked at your data. Looks you don't know of yet: {count}, the last on {day}. "
    "{my_data} shows every one."
)
_WAITS = _("An answer to a request of yours waits for you: {cases} shows it.")
_ANSWER = _("The answer to your request {number} ({kind}):\n\n{text}")
_SUBJECT = _("A message from {controller}")
_MAIL = _(
    "Hello,\n\n{text}\n\n{controller} writes to this address because you proved in its Messenger "
    "chat that it is yours. In that chat, {my_data} shows everything that is kept about you."
)
BY_HAND: Final = (Said, Tapped, Showed)


def answer_text(language: str, *, number: str, kind: str, text: str) -> str:
    """Give a request's answer, with the request it belongs to."""
    what = translate(language, KINDS[kind])
    return translate(language, _ANSWER).format(number=number, kind=what, text=text)


def looks_text(language: str, looks: Sequence[Look]) -> str:
    """Tell of looks at a person's data, one or several."""
    shape = _LOOK if len(looks) == 1 else _LOOKS
    last = looks[-1]
    return translate(language, shape).format(
        day=day_in(language, last.on),
        role=translate(language, ROLES.get(last.role, last.role)),
        count=len(looks),
        my_data=as_shown(MY_DATA, language),
    )


def mail_subject(language: str, controller: str) -> str:
    """Give a subject that says nothing of the content."""
    return translate(language, _SUBJECT).format(controller=controller)


def mail_text(language: str, controller: str, text: str) -> str:
    """Give a whole mail around what it is to tell."""
    return translate(language, _MAIL).format(
        text=text, controller=controller, my_data=as_shown(MY_DATA, language)
    )


def at_contact(turn: Turn) -> Say:
    """Tell what happened while the person was away, after the answer to what they wrote."""
    person, told = turn.person, turn.person.memory.answers_told
    lines: list[str] = []
    effects: list[Effect] = []
    if not isinstance(turn.event.input, BY_HAND):
        return Say()
    if person.has_breach_notice:
        effects.append(HandNotices())
    if person.looks:
        lines.append(looks_text(turn.language, person.looks))
        effects.append(MarkLooksTold())
    if person.waiting_answers > told:
        lines.append(turn.tell(_WAITS, cases=as_shown(CASES, turn.language)))
    if person.waiting_answers != told:
        effects.append(MarkAnswersTold(person.waiting_answers))
    return Say("\n\n".join(lines), effects=tuple(effects))
