"""Every right is reached by tapping alone, from the menu that is always there."""

from __future__ import annotations

import pytest

from flows import FLOWS, profile
from flows.kit.person import ConsentState
from flows.kit.reply import MAX_CHOICES, MAX_TITLE_CHARS, length_of
from flows.kit.texts import LANGUAGES
from flows.kit.turn import Tapped
from flows.rights_words import RESTRICT, RESUME, RIGHTS, YOUR_RIGHTS
from flows.words import as_shown
from tests.flows.chat import START, Chat, make_person, make_site

REACHED = {f"go:{word}" for word in RIGHTS} - {f"go:{YOUR_RIGHTS}"}


def _payloads(chat: Chat) -> set[str]:
    return {choice.payload for reply in chat.outcome.replies for choice in reply.choices}


def _rights_of(chat: Chat) -> set[str]:
    """List where the persistent menu leads with one more tap."""
    (item,) = [i for i in profile(chat.site).menu["default"] if i.payload.endswith(YOUR_RIGHTS)]
    chat.happens(Tapped(item.payload, item.title))
    return _payloads(chat)


@pytest.mark.parametrize("is_restricted", [True, False])
def test_two_taps_lead_to_every_right(*, is_restricted: bool) -> None:
    """All of them, and of RESTRICT and RESUME the one that can be done now."""
    chat = Chat(make_person(is_restricted=is_restricted))
    other = RESTRICT if is_restricted else RESUME
    assert _rights_of(chat) == REACHED - {f"go:{other}"}


@pytest.mark.parametrize("word", ["menu", "help"])
def test_menu_and_help_lead_there(word: str) -> None:
    """With one tap."""
    chat = Chat()
    chat.says(word)
    assert f"go:{YOUR_RIGHTS}" in _payloads(chat)


@pytest.mark.parametrize("payload", sorted(REACHED))
def test_every_tap_is_answered_by_its_own_flow(payload: str) -> None:
    """None by a shrug."""
    chat = Chat(make_person(consents={"monthly": ConsentState(granted_at=START)}))
    flow = FLOWS.opened_by(payload.removeprefix("go:"))
    assert flow is not None
    assert chat.happens(Tapped(payload)).flow_name == flow.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_in_every_language(language: str) -> None:
    """Also beside the way back into an open question."""
    chat = Chat(make_person(language), make_site(minimum_age=16))
    chat.happens(Tapped("go:news"))
    chat.says(as_shown(YOUR_RIGHTS, language))
    (reply,) = chat.outcome.replies
    assert len(reply.choices) == len(REACHED) <= MAX_CHOICES
    assert len({choice.title for choice in reply.choices}) == len(reply.choices)
    assert all(length_of(choice.title) <= MAX_TITLE_CHARS for choice in reply.choices)
