"""What a Page shows around the chat, in Meta's shape, and how it gets there in few calls.

Messenger takes 10 calls in 10 minutes for each Page, reading included; a push makes three at most:
one reads what is there, one writes everything that differs, one deletes what is no longer wanted.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.logs import Action, action
from bot.outbound.errors import Throttled
from bot.outbound.graph import Graph
from flows.profile import DEFAULT, MESSENGER_LOCALES, Profile

PROPERTIES: Final = ("get_started", "greeting", "ice_breakers", "persistent_menu", "commands")
#: After this time, in seconds, Messenger takes calls about a Page's profile again.
REST_S: Final = 600.0
_PATH = "me/messenger_profile"

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What a push writes and deletes; false where there is nothing to do."""

    found: Properties = field(default_factory=dict)
    written: Properties = field(default_factory=dict)
    deleted: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything differs."""
        return bool(self.written or self.deleted)


class PageProfile:
    """One Page's profile at Messenger.

    Args:
        graph: The Page's line.
        rest: Called once with the seconds to wait where Messenger takes no more calls.
    """

    def __init__(self, graph: Graph, *, rest: Callable[[float], Awaitable[None]]) -> None:
        self._graph = graph
        self._rest = rest
        self._has_rested = False
        self.calls = 0

    async def compare(self, wanted: Profile) -> Change:
        """Return what differs between Messenger and what is wanted.

        Raises:
            GraphError: One of its children, by what is to be done about it.
        """
        answer = await self._call(lambda: self._graph.get(_PATH, fields=",".join(PROPERTIES)))
        return difference(_properties(answer), to_meta(wanted))

    async def apply(self, change: Change) -> None:
        """Write what differs; raises as `compare` does."""
        if change.deleted:
            fields = {"fields": list(change.deleted)}
            await self._call(lambda: self._graph.delete(_PATH, fields))
        if change.written:
            await self._call(lambda: self._graph.post(_PATH, change.written))
        if change:
            count = len(change.written) + len(change.deleted)
            action(Action.PROFILE_PUSHED, page_id=self._graph.page_id, count=count)

    async def _call(self, call: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        self.calls += 1
        try:
            return await call()
        except Throttled as busy:
            if self._has_rested:
                raise
            # To go on calling while throttled makes the pause longer.
            self._has_rested = True
            await self._rest(max(REST_S, busy.pause_s))
            return await self._call(call)


def to_meta(profile: Profile) -> dict[str, Any]:
    """Return a profile as Meta takes it; a property that would be empty is left out."""
    wanted: dict[str, Any] = {
        "get_started": {"payload": profile.get_started},
        "greeting": _localised(profile.greeting, lambda text: {"text": text}),
        "ice_breakers": _localised(profile.ice_breakers, _questions),
        "persistent_menu": _localised(profile.menu, _menu),
        "commands": _localised(profile.commands, _commands),
    }
    return {name: value for name, value in wanted.items() if value}


def difference(found: Properties, wanted: Properties) -> Change:
    """Return what has to be written, and what deleted, so that `found` becomes `wanted`."""
    return Change(
        found=found,
        written={name: value for name, value in wanted.items() if not _has(found.get(name), value)},
        deleted=tuple(name for name in PROPERTIES if name in found and name not in wanted),
    )


def _localised(by_language: Mapping[str, Any], shape: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """Shape a text per language into one item per locale; Messenger wants the default's first."""
    locales = {DEFAULT: DEFAULT} | {
        locale: code
        for code in by_language
        if code != DEFAULT
        for locale in MESSENGER_LOCALES[code]
    }
    return [
        {"locale": locale, **shape(by_language[code])}
        for locale, code in locales.items()
        if by_language[code]
    ]


def _questions(questions: Sequence[Any]) -> dict[str, Any]:
    shaped = [{"question": each.question, "payload": each.payload} for each in questions]
    return {"call_to_actions": shaped}


def _menu(items: Sequence[Any]) -> dict[str, Any]:
    shaped = [{"type": "postback", "title": i.title, "payload": i.payload} for i in items]
    return {"composer_input_disabled": False, "call_to_actions": shaped}


def _commands(commands: Sequence[Any]) -> dict[str, Any]:
    return {"commands": [{"name": c.name, "description": c.description} for c in commands]}


def _properties(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Read what Messenger answers: a list of at most one object, without what is not set."""
    found = answer.get("data")
    first = found[0] if isinstance(found, list) and found else {}
    return {name: first[name] for name in PROPERTIES if first.get(name)}


def _has(found: Any, wanted: Any) -> bool:
    """Tell whether everything wanted is there; Messenger adds keys, and may order locales anew."""
    if isinstance(wanted, dict):
        is_table = isinstance(found, dict)
        return is_table and all(_has(found.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            return False
        pairs = zip(_by_locale(found), _by_locale(wanted), strict=True)
        return all(_has(there, here) for there, here in pairs)
    return bool(found == wanted)


def _by_locale(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda item: str(item.get("locale", "")))
