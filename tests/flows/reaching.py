"""Brings someone to every place of every flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows import FLOWS
from flows.kit.turn import Tapped
from tests.flows.chat import Chat, make_person

if TYPE_CHECKING:
    from collections.abc import Callable

PLACES = [(flow.name, place.value) for flow in FLOWS for place in flow.places]
NO_PLACE = ("", "")

WAYS_TO_REACH: dict[tuple[str, str], Callable[[Chat], object]] = {
    NO_PLACE: lambda _chat: None,
    ("opt_in", "age"): lambda chat: chat.happens(Tapped("go:news")),
    ("opt_in", "news"): lambda chat: (chat.happens(Tapped("go:news")), chat.taps_first()),
    ("stop", "meant"): lambda chat: chat.says("please stop sending"),
    ("language", "choose"): lambda chat: chat.happens(Tapped("go:language")),
}


def reach(place: tuple[str, str], language: str = "en") -> Chat:
    """Bring someone to a place."""
    chat = Chat(make_person(language))
    WAYS_TO_REACH[place](chat)
    position = chat.person.position
    assert place == ((position.flow, position.place) if position else NO_PLACE)
    return chat
