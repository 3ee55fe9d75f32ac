"""The order in which an event is looked at.

STOP first; then silence where a human speaks, the words that the place uses itself, the words
that work everywhere, the place, the words that open a flow, the Page's own answers, and at last a
way onward.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flows import (
    answers,
    confirm,
    delete_me,
    details,
    links,
    lost,
    notices,
    opt_in,
    places,
    policy_news,
    stop,
    thanks,
    waiting_news,
    welcome,
)
from flows.admin import line as admin_line
from flows.bubbles import bubbles
from flows.hearing import hear, language_at_first
from flows.kit.effects import (
    Effect,
    MarkNewsOffered,
    MarkPolicyTold,
    MarkTold,
    OweStopConfirmation,
    RunCommand,
    SetLanguage,
    Withdraw,
)
from flows.kit.engine import Draft, open_flow
from flows.kit.found import Found
from flows.kit.reply import Reply, Say
from flows.kit.turn import HandedBack, Outcome, Said, TimedOut, Turn
from flows.registry import FLOWS
from flows.rights_words import RIGHTS
from flows.words import BACK, CANCEL, EVERYWHERE, HELLO, NEWS, REPEAT, STOP

if TYPE_CHECKING:
    from datetime import datetime

    from flows.hearing import Heard
    from flows.kit.person import Person
    from flows.kit.turn import Event, Site

_EVERYWHERE: Final = frozenset(EVERYWHERE)
_RIGHTS: Final = frozenset(RIGHTS)
#: What CORRECT goes on with; no word opens them.
_OF_CORRECT: Final = (details.flow, confirm.flow)
#: Around these words nobody is told of anything else.
_QUIET: Final = _RIGHTS | {STOP}
#: Answers beside which nothing is offered to someone new.
_WITHOUT_OFFERS: Final = frozenset({stop.flow.name, thanks.flow.name})


def step(site: Site, person: Person, event: Event, *, now: datetime) -> Outcome:
    """Answer one event of one person.

    Args:
        site: The Page and who answers for it.
        person: What is known of the person, before this event.
        event: What happened; its own time decides about consent.
        now: Aware UTC time at which it is handled.

    Raises:
        FlowError: A configured text breaks one of Messenger's limits.
    """
    language = language_at_first(site, person, event)
    heard = hear(event, language)
    turn = Turn(site, person, event, now, language, word=heard.text)
    is_free = heard.word != STOP and not _is_held_by_human(turn)
    command = admin_line.command_in(event) if is_free else ""
    is_stop = _is_stop(heard) and not command
    if event.is_standby and is_stop:
        return _in_standby()
    if event.is_standby and not _is_about_rights(turn, heard):
        return _unchanged(turn)
    if command:
        return _run(turn, command, is_word=heard.word is not None)
    if is_stop:
        return _finish(turn, _stop(turn, heard), is_stop=True)
    return _otherwise(turn, heard)


def _otherwise(turn: Turn, heard: Heard) -> Outcome:
    """Answer what is neither a STOP nor a command, unless a human does."""
    if _is_held_by_human(turn) and not _is_about_rights(turn, heard):
        return _in_silence(turn)
    draft = _answer(turn, heard)
    if draft is None:
        return _unchanged(turn)
    is_confirmation = isinstance(turn.event.input, HandedBack) and draft.flow_name == stop.flow.name
    return _finish(turn, draft, is_stop=is_confirmation)


def wants_stop(event: Event, language: str) -> bool:
    """Tell whether an event says STOP, for whoever can't take a step with it."""
    return _is_stop(hear(event, language))


def _is_stop(heard: Heard) -> bool:
    return heard.word == STOP or heard.merely_contains_stop


def _run(turn: Turn, command: str, *, is_word: bool) -> Outcome:
    """Ask whether this is a command of an admin; whatever else it is, it is not lost."""
    return replace(_unchanged(turn), effects=(RunCommand(command, is_word),))


def _in_standby() -> Outcome:
    """Withdraw at once; another app holds the thread, so the confirmation has to wait."""
    return Outcome(
        effects=(Withdraw(), OweStopConfirmation(is_owed=True)), flow_name=stop.flow.name
    )


def _stop(turn: Turn, heard: Heard) -> Draft:
    """Open the stop flow; no question while a human holds the thread."""
    is_plain = heard.word == STOP or _is_held_by_human(turn)
    return open_flow(stop.flow, replace(turn, opener=STOP if is_plain else ""))


def _is_held_by_human(turn: Turn) -> bool:
    """Whether the bot keeps out of it; what it looked up itself it still answers."""
    return turn.person.is_muted and not isinstance(turn.event.input, HandedBack | Found)


def _in_silence(turn: Turn) -> Outcome:
    """Let a place time out while a human speaks; nothing is said, whatever happens."""
    draft = places.after_silence(turn)
    if draft is None or draft.said or draft.asked:
        return _unchanged(turn)
    return _finish(turn, draft)


def _is_about_rights(turn: Turn, heard: Heard) -> bool:
    """Whether this is a word for a right, a button of the flow that one opens, or its code."""
    flow = FLOWS.named(heard.choice.flow) if heard.choice else None
    if flow in _OF_CORRECT or confirm.is_code(turn):
        return True
    words = flow.opens_on if flow else (heard.word,)
    return not _RIGHTS.isdisjoint(words)


def _unchanged(turn: Turn) -> Outcome:
    """Say nothing and leave the person where they are."""
    position = turn.person.position
    return Outcome(position=position, timer=places.timer_of(position))


def _answer(turn: Turn, heard: Heard) -> Draft | None:
    """Find the answer; None where there is nothing to say."""
    if isinstance(turn.event.input, TimedOut):
        return places.after_silence(turn)
    if isinstance(turn.event.input, HandedBack):
        return _handed_back(turn)
    if isinstance(turn.event.input, Found):
        return places.with_what_was_found(turn, turn.event.input.what)
    if heard.word == HELLO and links.purpose_in(turn.site, turn.event):
        return open_flow(opt_in.flow, replace(turn, opener=NEWS))
    if heard.word in _EVERYWHERE and not places.takes_word(turn):
        return _everywhere(turn, heard.word)
    answered = places.in_place(turn, heard) or _opened(turn, heard)
    return answered or answers.own_answer(turn, heard) or lost.at_a_loss(turn)


def _handed_back(turn: Turn) -> Draft | None:
    """Say who writes from here on, but nothing beside the confirmation of a STOP."""
    if not turn.person.memory.owes_stop_confirmation:
        return places.back_from_human(turn)
    return Draft(said=stop.confirmation(turn), flow_name=stop.flow.name)


def _everywhere(turn: Turn, word: str | None) -> Draft | None:
    if word == REPEAT:
        return places.ask_again(turn) or lost.nothing_open(turn)
    if word == BACK:
        return places.go_back(turn) or lost.nothing_open(turn)
    if word == CANCEL:
        return lost.left(turn) if places.is_in_place(turn) else lost.nothing_open(turn)
    return _opened_by(turn, word)


def _opened(turn: Turn, heard: Heard) -> Draft | None:
    if heard.choice is not None:
        return lost.too_old_to_tell(turn, FLOWS.named(heard.choice.flow))
    return _opened_by(turn, heard.word)


def _opened_by(turn: Turn, word: str | None) -> Draft | None:
    flow = FLOWS.opened_by(word)
    if flow is None or word is None:
        return None
    return places.aside(turn, flow, open_flow(flow, replace(turn, opener=word)))


def _finish(turn: Turn, draft: Draft, *, is_stop: bool = False) -> Outcome:
    """Put a draft into bubbles, with what is owed before and what is to be told within."""
    if not (draft.said or draft.asked):
        return _outcome(draft, (), _guessed(turn) + draft.effects)
    memory = turn.person.memory
    news = Say() if is_stop or _is_no_time_for_news(turn, draft) else _news(turn, draft)
    said = "\n\n".join(part for part in (draft.said, news.text) if part)
    draft = replace(draft, said=said, choices=news.choices or draft.choices)
    is_told = _is_to_be_told(turn, draft)
    layer = welcome.first_layer(turn) if is_told else None
    replies = bubbles(draft, layer, keeps_choices=draft.flow_name not in _WITHOUT_OFFERS)
    if memory.owes_stop_confirmation and not is_stop:
        replies = (Reply(stop.confirmation(turn)), *replies)
    after: tuple[Effect, ...] = (MarkTold(),) if is_told else ()
    policy = None if is_stop or draft.asked else _policy_news(turn, draft)
    if policy is not None:
        # Quick replies stay only under what comes last.
        *before, last = replies
        policy = replace(policy, choices=last.choices)
        replies, after = (*before, replace(last, choices=()), policy), (*after, MarkPolicyTold())
    return _outcome(draft, replies, _before(turn) + draft.effects + news.effects + after)


def _news(turn: Turn, draft: Draft) -> Say:
    """Tell what happened meanwhile; what waits is offered where nothing else is being asked."""
    told, waiting = notices.at_contact(turn), turn.person.waiting_news
    offered = turn.person.memory.news_offered
    is_free = not draft.asked and draft.position is None and isinstance(turn.event.input, Said)
    offer = waiting_news.offer(turn) if is_free and waiting > offered else Say()
    if offer.text or waiting < offered:
        offer = replace(offer, effects=(MarkNewsOffered(waiting),))
    text = "\n\n".join(part for part in (told.text, offer.text) if part)
    return Say(text, choices=offer.choices, effects=told.effects + offer.effects)


def _policy_news(turn: Turn, draft: Draft) -> Reply | None:
    """Tell of a new version of the notice, where this is a time for it."""
    if _is_no_time_for_news(turn, draft) or not isinstance(turn.event.input, notices.BY_HAND):
        return None
    return policy_news.at_contact(turn)


def _is_to_be_told(turn: Turn, draft: Draft) -> bool:
    """Whether the first layer belongs here; a receipt of erasure comes alone."""
    if draft.flow_name == delete_me.flow.name and isinstance(turn.event.input, Found):
        return False
    if draft.flow_name == stop.flow.name:
        return turn.person.memory.told_at is None
    return welcome.is_to_be_told(turn)


def _is_no_time_for_news(turn: Turn, draft: Draft) -> bool:
    """Whether this is about a right, or about STOP: nothing else is said then."""
    flow = FLOWS.named(draft.flow_name)
    words = flow.opens_on if flow else ()
    return turn.person.memory.owes_stop_confirmation or not _QUIET.isdisjoint(words)


def _before(turn: Turn) -> tuple[Effect, ...]:
    """List what changes whatever the answer is: a guessed language, a STOP no longer owed."""
    if turn.person.memory.owes_stop_confirmation:
        return (*_guessed(turn), OweStopConfirmation(is_owed=False))
    return _guessed(turn)


def _guessed(turn: Turn) -> tuple[Effect, ...]:
    return (SetLanguage(turn.language),) if turn.language != turn.person.language else ()


def _outcome(draft: Draft, replies: tuple[Reply, ...], effects: tuple[Effect, ...]) -> Outcome:
    return Outcome(replies, effects, draft.position, draft.timer, draft.flow_name, draft.place)
