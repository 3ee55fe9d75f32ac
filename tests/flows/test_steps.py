"""Withdrawing never takes more steps than consenting, counted by driving the flows.

`pytest -s tests/flows/test_steps.py` prints the table. A step is one message or one tap of the
person; opening the unsubscribe page and tapping its button are two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.kit.person import ConsentState, Memory
from flows.kit.texts import LANGUAGES
from flows.kit.turn import Purpose, Tapped
from flows.rights_words import WITHDRAW
from flows.words import NEWS, STOP, as_shown
from tests.flows.chat import START, Chat, make_person, make_site

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTS = range(1, 6)
#: Open the link, tap the button; `tests/journeys/test_unsubscribe.py` does just that.
STEPS_ON_THE_PAGE = 2
_MOST = 50


def _chat(language: str, count: int, *, agreed: bool) -> Chat:
    """Bring someone old enough who said yes to everything, or to nothing yet."""
    purposes = tuple(
        Purpose(f"p{n}", "marketing", dict.fromkeys(LANGUAGES, f"News {n}"), {"en": "Some news."})
        for n in range(count)
    )
    known = Memory(age_ok=True, age_asked=16, told_at=START, last_heard_at=START)
    yes = {p.id: ConsentState(granted_at=START) for p in purposes} if agreed else {}
    return Chat(make_person(language, memory=known, consents=yes), make_site(purposes=purposes))


def _granted(chat: Chat) -> int:
    return sum(state.is_granted for state in chat.person.consents.values())


def steps_until(chat: Chat, word: str, is_done: Callable[[Chat], bool]) -> int:
    """Count what a person writes or taps, beginning with a word wherever no question is open."""
    for steps in range(1, _MOST):
        if chat.person.position is None:
            chat.says(as_shown(word, chat.person.language))
        else:
            chat.taps_first()
        if is_done(chat):
            return steps
    raise AssertionError(f"{word} leads nowhere")


def steps_to_agree(language: str, count: int, wanted: int) -> int:
    """Count the steps to so many yeses, the age being known."""
    chat = _chat(language, count, agreed=False)
    return steps_until(chat, NEWS, lambda chat: _granted(chat) == wanted)


def steps_to_withdraw(language: str, count: int, ended: int) -> int:
    """Count the steps to take so many yeses back, one by one."""
    chat = _chat(language, count, agreed=True)
    return steps_until(chat, WITHDRAW, lambda chat: _granted(chat) == count - ended)


def steps_to_stop(language: str, count: int) -> int:
    """Count the steps to end everything."""
    chat = _chat(language, count, agreed=True)
    return steps_until(chat, STOP, lambda chat: _granted(chat) == 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ending_takes_no_more_steps_than_agreeing(language: str) -> None:
    """One purpose by WITHDRAW, all of them by STOP, either on the page; for one to five of them."""
    print(f"\n{language}  purposes  agree to one  withdraw one  agree to all  stop all  page")
    for count in COUNTS:
        one, every = steps_to_agree(language, count, 1), steps_to_agree(language, count, count)
        back, stop = steps_to_withdraw(language, count, 1), steps_to_stop(language, count)
        print(f"{count:>12}{one:>14}{back:>14}{every:>14}{stop:>10}{STEPS_ON_THE_PAGE:>6}")
        assert back <= one
        assert stop <= every
        assert STEPS_ON_THE_PAGE <= one <= every


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_one_is_as_near_as_the_first(language: str) -> None:
    """Whichever purpose it is, the word and one tap end it."""
    for count in COUNTS:
        for number in range(count):
            chat = _chat(language, count, agreed=True)
            chat.says(as_shown(WITHDRAW, language))
            choice = chat.outcome.replies[-1].choices[number]
            chat.happens(Tapped(choice.payload, choice.title))
            assert not chat.person.consents[f"p{number}"].is_granted
            assert _granted(chat) == count - 1
