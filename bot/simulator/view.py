"""The state of the simulator as the chat page reads it: plain JSON values."""

from typing import Any

from bot.clock import MovableClock
from bot.simulator.people import Person
from bot.simulator.values import Attachment, Button, Message
from bot.simulator.world import World

View = dict[str, Any]


def world_view(world: World) -> View:
    """Return everything that a page needs when it opens."""
    pages = [{"id": s.page.id, "name": s.page.name} for s in world.pages.values()]
    return {
        "pages": pages,
        "locales": locales(world),
        "clock": clock_view(world),
        "people": [person_view(world, person) for person in world.people],
        "threads": {p.psid: [message_view(p.psid, m) for m in p.thread] for p in world.people},
    }


def clock_view(world: World) -> View:
    """Return the time, and whether it can be moved."""
    return {"now_ms": world.clock.now_ms(), "can_move": isinstance(world.clock, MovableClock)}


def person_view(world: World, person: Person) -> View:
    """Return a person, and what their Messenger shows around the thread."""
    profile = world.pages[person.page_id].profile
    greeting = str(profile.for_locale("greeting", person.locale).get("text", ""))
    questions = profile.for_locale("ice_breakers", person.locale).get("call_to_actions", [])
    menu = profile.for_locale("persistent_menu", person.locale).get("call_to_actions", [])
    return {
        "psid": person.psid,
        "page_id": person.page_id,
        "name": person.name,
        "locale": person.locale,
        "has_written": person.window_until_ms is not None,
        "window_until_ms": person.window_until_ms,
        "is_held": world.is_held_elsewhere(person),
        "is_blocking": person.is_blocking,
        "greeting": _filled(greeting, person.name),
        "ice_breakers": [question["question"] for question in questions],
        "menu": [{"title": item["title"], "url": item.get("url")} for item in menu],
    }


def message_view(psid: str, message: Message) -> View:
    """Return a message as it is shown."""
    attachment = message.attachment
    return {
        "mid": message.mid,
        "at_ms": message.at_ms,
        "author": message.author.value,
        "text": message.text,
        "quick_replies": [
            {"title": choice.title, "payload": choice.payload} for choice in message.quick_replies
        ],
        "buttons": [_button_view(button) for button in message.buttons],
        "cards": [
            {
                "title": card.title,
                "subtitle": card.subtitle,
                "buttons": [_button_view(button) for button in card.buttons],
            }
            for card in message.cards
        ],
        "attachment": attachment and _attachment_view(psid, message.mid, attachment),
    }


def _button_view(button: Button) -> View:
    return {"title": button.title, "payload": button.payload, "url": button.url}


def _attachment_view(psid: str, mid: str, attachment: Attachment) -> View:
    return {
        "kind": attachment.kind,
        "name": attachment.name,
        "size_bytes": len(attachment.content),
        "href": f"/sim/files/{psid}/{mid}" if attachment.content else None,
    }


def _filled(greeting: str, name: str) -> str:
    first_name, _, last_name = name.partition(" ")
    for placeholder, value in (
        ("{{user_first_name}}", first_name),
        ("{{user_last_name}}", last_name),
        ("{{user_full_name}}", name),
    ):
        greeting = greeting.replace(placeholder, value)
    return greeting


def locales(world: World) -> list[str]:
    """Return every language that a Page's profile knows, the default one first."""
    known = {
        item["locale"]
        for state in world.pages.values()
        for name, items in state.profile.everything().items()
        if name != "get_started"
        for item in items
    }
    return ["default", *sorted(known - {"default"})]
