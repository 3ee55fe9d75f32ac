"""Button and generic templates, with the limits of Meta's template pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.simulator.graph_error import bad_parameter
from bot.simulator.values import Button, Card

MAX_TEXT_CHARS = 640
MAX_BUTTONS = 3
MAX_BUTTON_TITLE_CHARS = 20
MAX_PAYLOAD_CHARS = 1000
MAX_CARDS = 10
MAX_CARD_CHARS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateContent:
    """What a template shows."""

    kind: str
    text: str = ""
    buttons: tuple[Button, ...] = ()
    cards: tuple[Card, ...] = ()


def parse_template(payload: Mapping[str, Any]) -> TemplateContent:
    """Read the payload of a template attachment."""
    kind = payload.get("template_type")
    if kind == "button":
        text = _text("text", payload.get("text"), most=MAX_TEXT_CHARS)
        return TemplateContent(kind=kind, text=text, buttons=_buttons(payload, least=1))
    if kind == "generic":
        return TemplateContent(kind=kind, cards=_cards(payload.get("elements")))
    raise bad_parameter("template_type must be button or generic.")


def _text(name: str, value: object, *, most: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise bad_parameter(f"{name} must be a non-empty text.")
    if len(value) > most:
        raise bad_parameter(f"Length of param {name} must be at most {most}.")
    return value


def _buttons(holder: Mapping[str, Any], *, least: int) -> tuple[Button, ...]:
    items = holder.get("buttons", [])
    if not isinstance(items, list) or not least <= len(items) <= MAX_BUTTONS:
        raise bad_parameter(f"buttons must hold {least} to {MAX_BUTTONS} items.")
    return tuple(parse_button(item, most_chars=MAX_BUTTON_TITLE_CHARS) for item in items)


def parse_button(item: object, *, most_chars: int) -> Button:
    """Read a postback or web_url button; `most_chars` bounds its title."""
    if not isinstance(item, dict):
        raise bad_parameter("A button must be an object.")
    title = _text("button.title", item.get("title"), most=most_chars)
    if item.get("type") == "postback":
        payload = _text("button.payload", item.get("payload"), most=MAX_PAYLOAD_CHARS)
        return Button(title=title, payload=payload)
    if item.get("type") == "web_url":
        return Button(title=title, url=_web_address(item.get("url")))
    raise bad_parameter("button.type must be postback or web_url.")


def _web_address(value: object) -> str:
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        raise bad_parameter("button.url must be a web address.")
    return value


def _cards(items: object) -> tuple[Card, ...]:
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_CARDS:
        raise bad_parameter(f"elements must hold 1 to {MAX_CARDS} items.")
    return tuple(_card(item) for item in items)


def _card(item: object) -> Card:
    if not isinstance(item, dict) or len(item) < len(("title", "one more property")):
        raise bad_parameter("An element must have a title and at least one more property.")
    title = _text("element.title", item.get("title"), most=MAX_CARD_CHARS)
    subtitle = item.get("subtitle", "")
    if subtitle:
        _text("element.subtitle", subtitle, most=MAX_CARD_CHARS)
    return Card(title=title, subtitle=subtitle, buttons=_buttons(item, least=0))
