"""Tells before the start which configured texts Messenger would refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from flows import delete_me, details, opt_in, stop, team, welcome, withdraw
from flows import help as help_flow
from flows.bubbles import bubbles
from flows.kit.engine import ask_again, open_flow
from flows.kit.errors import ReplyRefused
from flows.kit.person import ConsentState, Person
from flows.kit.reply import Button, Reply
from flows.kit.turn import Event, Said, Turn
from flows.profile import profile
from flows.purposes import in_language
from flows.rights_words import COMPLAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.kit.flow import AnyFlow
    from flows.kit.turn import Site

_AT = datetime(2026, 1, 1, tzinfo=UTC)


def misfits(site: Site) -> tuple[str, ...]:
    """List the configured texts that are too long for Messenger, one sentence each."""
    found = []
    for where, make in _texts(site):
        try:
            make()
        except ReplyRefused as refused:
            found.append(f"{where}: {refused}")
    return tuple(found)


def _texts(site: Site) -> Iterator[tuple[str, Callable[[], object]]]:
    """List every text into which the configuration is filled."""
    yield "profile", partial(profile, site)
    yes_to_all = {p.id: ConsentState(granted_at=_AT) for p in site.purposes}
    for code in site.languages:
        person = Person(code, consents=yes_to_all)
        turn = Turn(site, person, Event(Said(""), _AT), _AT, code)
        yield f"first notice ({code})", partial(_first_notice, turn)
        yield f"STOP ({code})", partial(_confirmation, turn)
        yield f"DELETE ME ({code})", partial(_opening, delete_me.flow, turn)
        yield f"COMPLAIN ({code})", partial(_opening, team.flow, replace(turn, opener=COMPLAIN))
        yield f"WITHDRAW ({code})", partial(_opening, withdraw.flow, turn)
        yield f"HELP ({code})", partial(_opening, help_flow.flow, turn)
        for number, answer in enumerate(site.answers, start=1):
            yield f"answer {number} ({code})", partial(Reply, in_language(turn, answer.text))
        for purpose in site.purposes:
            asking = turn.with_notes({opt_in.PURPOSE: purpose.id})
            yield f"purpose {purpose.id} ({code})", partial(_question, asking)
            for name in purpose.needs:
                wanted = turn.with_notes({details.DETAIL: name})
                yield f"{name} for {purpose.id} ({code})", partial(_page_offer, wanted)


def _first_notice(turn: Turn) -> Reply:
    layer = welcome.first_layer(turn)
    return Reply(layer.text, layer.choices, layer.buttons)


def _confirmation(turn: Turn) -> Reply:
    return Reply(stop.confirmation(turn))


def _opening(flow: AnyFlow, turn: Turn) -> Reply:
    """Hold the whole opening in one bubble."""
    draft = open_flow(flow, turn)
    return Reply("\n\n".join(part for part in (draft.said, draft.asked) if part), draft.choices)


def _question(turn: Turn) -> tuple[Reply, ...]:
    return bubbles(ask_again(opt_in.flow, opt_in.At.NEWS, turn), None)


def _page_offer(turn: Turn) -> Reply:
    """Hold the question and the button to its page in one bubble."""
    return Reply(details.why_and_where(turn), buttons=(Button("Open page", url="https://x"),))
