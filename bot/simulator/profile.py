"""The Messenger profile of a Page: greeting, ice breakers, menu, commands; with their limits."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.simulator.graph_error import bad_parameter
from bot.simulator.template import parse_button

MAX_GREETING_CHARS = 160
MAX_ICE_BREAKERS = 4
MAX_QUESTION_CHARS = 80
MAX_MENU_ITEMS = 20
MAX_MENU_TITLE_CHARS = 30
MAX_PAYLOAD_CHARS = 1000
MAX_COMMANDS = 100
MAX_COMMAND_CHARS = 32
MAX_DESCRIPTION_CHARS = 64

Localised = Mapping[str, Any]


class Profile:
    """What a Page shows around the chat, by property."""

    def __init__(self) -> None:
        self._properties: dict[str, Any] = {}

    def get(self, fields: Iterable[str]) -> dict[str, Any]:
        """Return the properties asked for that are set."""
        return {name: self._properties[name] for name in fields if name in self._properties}

    def set(self, properties: Mapping[str, Any]) -> None:
        """Check and keep properties; all of them or none."""
        if not properties:
            raise bad_parameter("Requires one of the params: get_started, greeting, ice_breakers …")
        for name, value in properties.items():
            if name not in CHECKS:
                raise bad_parameter(f"param {name} is not a property of the profile.")
            CHECKS[name](value)
        if "persistent_menu" in properties and not {**self._properties, **properties}.get(
            "get_started"
        ):
            raise bad_parameter("You must set a Get Started button before a persistent menu.")
        self._properties.update(properties)

    def delete(self, fields: Iterable[str]) -> None:
        """Forget properties."""
        for name in fields:
            self._properties.pop(name, None)

    def everything(self) -> dict[str, Any]:
        """Return all properties that are set."""
        return dict(self._properties)

    def for_locale(self, name: str, locale: str) -> Localised:
        """Return a property in a person's language, else in the default one, else empty."""
        by_locale = {item["locale"]: item for item in self._properties.get(name, [])}
        return by_locale.get(locale) or by_locale.get("default") or {}


def _check_get_started(value: object) -> None:
    if not isinstance(value, dict):
        raise bad_parameter("get_started must hold a payload.")
    _check(value.get("payload"), "get_started.payload", most=MAX_PAYLOAD_CHARS)


def _check_greeting(value: object) -> None:
    for item in _locales(value, "greeting"):
        _check(item.get("text"), "greeting.text", most=MAX_GREETING_CHARS)


def _check_ice_breakers(value: object) -> None:
    for item in _locales(value, "ice_breakers"):
        questions = _items(item.get("call_to_actions"), "ice_breakers", most=MAX_ICE_BREAKERS)
        for question in questions:
            _check(question.get("question"), "ice_breakers.question", most=MAX_QUESTION_CHARS)
            _check(question.get("payload"), "ice_breakers.payload", most=MAX_PAYLOAD_CHARS)


def _check_menu(value: object) -> None:
    for item in _locales(value, "persistent_menu"):
        entries = _items(item.get("call_to_actions"), "persistent_menu", most=MAX_MENU_ITEMS)
        for entry in entries:
            parse_button(entry, most_chars=MAX_MENU_TITLE_CHARS)


def _check_commands(value: object) -> None:
    for item in _locales(value, "commands"):
        for command in _items(item.get("commands"), "commands", most=MAX_COMMANDS):
            _check(command.get("name"), "commands.name", most=MAX_COMMAND_CHARS)
            _check(command.get("description"), "commands.description", most=MAX_DESCRIPTION_CHARS)


CHECKS = {
    "get_started": _check_get_started,
    "greeting": _check_greeting,
    "ice_breakers": _check_ice_breakers,
    "persistent_menu": _check_menu,
    "commands": _check_commands,
}


def _locales(value: object, name: str) -> list[dict[str, Any]]:
    items = _items(value, name, most=MAX_COMMANDS)
    if "default" not in {item.get("locale") for item in items}:
        raise bad_parameter(f"{name} must hold an item with locale default.")
    return items


def _items(value: object, name: str, *, most: int) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise bad_parameter(f"{name} must be a list of 1 to {most} items.")
    if not all(isinstance(item, dict) for item in value):
        raise bad_parameter(f"{name} must be a list of objects.")
    return value


def _check(value: object, name: str, *, most: int) -> None:
    if not isinstance(value, str) or not value:
        raise bad_parameter(f"{name} must be a non-empty text.")
    if len(value) > most:
        raise bad_parameter(f"Length of param {name} must be at most {most}.")
