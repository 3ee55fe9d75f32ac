"""Brings someone to every place of every flow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows import FLOWS
from flows.kit.found import Found
from flows.kit.turn import ConsentState, Showed, Tapped
from tests.flows.chat import START, Chat, make_person

if TYPE_CHECKING:
    from collections.abc import Callable

PLACES = [(flow.name, place.value) for flow in FLOWS for place in flow.places]
NO_PLACE = ("", "")


def agreed_to_all(chat: Chat) -> Chat:
    """Let someone have said yes to everything."""
    consents = {purpose.id: ConsentState(granted_at=START) for purpose in chat.site.purposes}
    chat.person = replace(chat.person, consents=consents)
    return chat


def needs_address(chat: Chat) -> Chat:
    """Let the first purpose, which has its yes, need an address."""
    needy = replace(chat.site.purposes[0], needs=("email",))
    chat.site = replace(chat.site, purposes=(needy, *chat.site.purposes[1:]), has_mail=True)
    return agreed_to_all(chat)


def asked_for_address(chat: Chat) -> Chat:
    """Let someone be asked for their address."""
    needs_address(chat).happens(Tapped("go:correct"))
    chat.taps_first()
    return chat


def with_address(chat: Chat) -> Chat:
    """Let someone have given their address."""
    needs_address(chat).findings.details["email"] = "anna@example.org"
    return chat


def asked_for_admins_code(chat: Chat) -> object:
    """Let an admin be asked for the code of their app."""
    chat.findings.commands.append(Found("admin_code", facts={"act": "P-1", "summary": ""}))
    return chat.says("/signins")


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
    ("details", "offer"): asked_for_address,
    ("details", "write"): lambda chat: asked_for_address(chat).taps_first(),
    ("confirm", "code"): lambda chat: asked_for_address(chat).says("anna@example.org"),
    ("correct", "which"): lambda chat: with_address(chat).happens(Tapped("go:correct")),
    ("correct", "how"): lambda chat: (
        with_address(chat).happens(Tapped("go:correct")),
        chat.taps_first(),
    ),
    ("admin_step_up", "code"): asked_for_admins_code,
    ("language", "choose"): lambda chat: chat.happens(Tapped("go:language")),
}


def reach(place: tuple[str, str], language: str = "en") -> Chat:
    """Bring someone to a place."""
    chat = Chat(make_person(language))
    WAYS_TO_REACH[place](chat)
    position = chat.person.position
    assert place == ((position.flow, position.place) if position else NO_PLACE)
    return chat
