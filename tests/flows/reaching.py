"""Brings someone to every place of every flow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows import FLOWS
from flows.kit.found import Found
from flows.kit.person import ConsentState
from flows.kit.turn import Showed, Tapped
from tests.flows.chat import START, Chat, make_person
from tests.flows.finding import LANGUAGE_ITEM

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


def asked_when_aware(chat: Chat) -> object:
    """Let an admin be asked since when they are aware of a breach."""
    chat.findings.commands.append(Found("/breach open"))
    return chat.says("/breach open")


def asked_of_breach(kind: str, field: str) -> Callable[[Chat], object]:
    """Let an admin be asked for a field of a breach."""

    def ask(chat: Chat) -> object:
        facts = {"number": "7KQ2-M4XD", "field": field, "kind": kind, "said": ""}
        chat.findings.commands.append(Found("/breach next", facts=facts))
        return chat.says("/breach next 7KQ2-M4XD")

    return ask


def answering_a_request(chat: Chat) -> object:
    """Let an admin be asked for the answer to a request."""
    facts = {"needs": "text"}
    chat.findings.commands.append(Found("/cases answer", number="K7QF-3M2P", facts=facts))
    return chat.says("/cases answer K7QF-3M2P")


def writing_a_broadcast(chat: Chat) -> object:
    """Let an admin be asked for the title of a broadcast."""
    facts = {"field": "title", "line": "/broadcast new news"}
    chat.findings.commands.append(Found("/broadcast new", facts=facts))
    return chat.says("/broadcast new news")


def looking_at_data(chat: Chat) -> Chat:
    """Let an admin see what is held of whoever made a request."""
    chat.findings.commands.append(
        Found("/cases open", number="K7QF-3M2P", items=(LANGUAGE_ITEM,), facts={"page": "1"})
    )
    chat.says("/cases open K7QF-3M2P")
    return chat


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
    ("admin_cases", "text"): answering_a_request,
    ("admin_broadcast_writing", "words"): writing_a_broadcast,
    ("admin_case_data", "cards"): looking_at_data,
    ("admin_case_data", "reveal"): lambda chat: looking_at_data(chat).taps("Show values"),
    ("admin_breach_writing", "when"): asked_when_aware,
    ("admin_breach_writing", "words"): asked_of_breach("text", "nature"),
    ("admin_breach_writing", "choice"): asked_of_breach("choice", "keys_reached"),
    ("language", "choose"): lambda chat: chat.happens(Tapped("go:language")),
}


def reach(place: tuple[str, str], language: str = "en") -> Chat:
    """Bring someone to a place."""
    chat = Chat(make_person(language))
    WAYS_TO_REACH[place](chat)
    position = chat.person.position
    assert place == ((position.flow, position.place) if position else NO_PLACE)
    return chat
