"""Brings someone to every place of every flow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows import FLOWS
from flows.kit.turn import ConsentState, Showed, Tapped
from tests.flows.chat import START, Chat, make_person

if TYPE_CHECKING:
    from collections.abc import Callable

PLACES = [(flow.name, place.value) for flow in FLOWS for place in flow.places]
NO_PLACE = ("", "")

WAYS_TO_REACH: dict[tuple[str, str], Callable[[Chat], object]] = {
    NO_PLACE: lambda _chat: None,
    ("opt_in", "age"): lambda chat: chat.happens(Tapped("go:news")),
    ("opt_in", "news"): lambda chat: (chat.happens(Tapped("go:news")), chat.taps_first()),
    ("stop", "meant"): lambda chat: chat.says("please stop sending"),
    ("my_data", "cards"): lambda chat: chat.happens(Tapped("go:my_data")),
    ("my_data", "reveal"): lambda chat: (chat.happens(Tapped("go:my_data")), chat.taps_first()),
    ("withdraw", "which"): lambda chat: agreed_to_all(chat).happens(Tapped("go:withdraw")),
    ("delete_me", "confirm"): lambda chat: chat.happens(Tapped("go:delete_me")),
    ("export", "offer"): lambda chat: chat.happens(Tapped("go:export")),
    ("export", "warn"): lambda chat: (chat.happens(Tapped("go:export")), chat.taps_first()),
    ("bring_back", "file"): lambda chat: chat.happens(Tapped("go:bring_back")),
    ("bring_back", "reading"): lambda chat: (
        chat.happens(Tapped("go:bring_back")),
        chat.happens(Showed("file", url="https://cdn.fbsbx.com/file")),
    ),
    ("team", "ask"): lambda chat: chat.happens(Tapped("go:object")),
    ("language", "choose"): lambda chat: chat.happens(Tapped("go:language")),
}


def agreed_to_all(chat: Chat) -> Chat:
    """Let someone have said yes to everything."""
    consents = {purpose.id: ConsentState(granted_at=START) for purpose in chat.site.purposes}
    chat.person = replace(chat.person, consents=consents)
    return chat


def reach(place: tuple[str, str], language: str = "en") -> Chat:
    """Bring someone to a place."""
    chat = Chat(make_person(language))
    WAYS_TO_REACH[place](chat)
    position = chat.person.position
    assert place == ((position.flow, position.place) if position else NO_PLACE)
    return chat
