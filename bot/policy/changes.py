"""What one notice says that another does not: for admins line by line, for people in short."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.policy.notice import words_of
from flows.kit.person import PolicyChange
from storage.policies import Facts

#: Facts that people are told of as one, by the kind of change they make.
_SECTIONS = {"retention": "retention", "controller": "controller", "age": "age"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs."""

    #: As `flows.policy_news` words it.
    kind: str
    #: What it is about, for people, by language; under "" where it is the same in all.
    name: Mapping[str, str] = field(default_factory=dict)
    #: For admins, from what to what.
    lines: tuple[str, ...] = ()
    #: The id of the purpose it is about.
    purpose_id: str = ""

    def for_people(self) -> PolicyChange:
        """Return it as people are told."""
        return PolicyChange(self.kind, self.name)


def differences(old: Facts, new: Facts) -> list[Difference]:
    """Return what differs between the statements of two notices, the gravest first."""
    found = [*_purposes(old, new), *_recipients(old, new)]
    for section, kind in _SECTIONS.items():
        lines = tuple(_values(section, old[section], new[section]))
        if lines:
            found.append(Difference(kind, lines=lines))
    rest = ("languages", "pages", "dark_after_days", "sends_mail")
    lines = tuple(f"{name}: {old[name]} -> {new[name]}" for name in rest if old[name] != new[name])
    return [*found, Difference("words", lines=lines)] if lines else found


def changed_words(old: Mapping[str, str], new: Mapping[str, str], language: str) -> list[str]:
    """Return the sentences that went and came in one language, as - and + lines."""
    before, after = (_sentences(texts.get(language, "")) for texts in (old, new))
    delta = difflib.unified_diff(before, after, lineterm="", n=0)
    return [line for line in delta if not line.startswith(("---", "+++", "@@"))]


def _sentences(text: str) -> list[str]:
    return words_of(text).replace(". ", ".\n").split("\n")


def _purposes(old: Facts, new: Facts) -> Iterator[Difference]:
    before, after = (_by_id(facts["purposes"]) for facts in (old, new))
    for purpose_id in [*after, *(one for one in before if one not in after)]:
        was, now = before.get(purpose_id), after.get(purpose_id)
        if was == now:
            continue
        name = _titles(now or was or {}, new if now else old)
        if was is None:
            yield Difference("purpose_added", name, (f"+ purpose {purpose_id}",), purpose_id)
        elif now is None:
            yield Difference("purpose_removed", name, (f"- purpose {purpose_id}",), purpose_id)
        else:
            lines = tuple(_values(f"purpose {purpose_id}", was, now))
            yield Difference("purpose_changed", name, lines, purpose_id)


def _recipients(old: Facts, new: Facts) -> Iterator[Difference]:
    before, after = ({one["name"]: one for one in facts["recipients"]} for facts in (old, new))
    for name in [*after, *(one for one in before if one not in after)]:
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        one = now or was or {}
        told = {"": f"{name} ({one['role']}, {one['country']})"}
        if was is None:
            yield Difference("recipient_added", told, (f"+ recipient {told['']}",))
        elif now is None:
            yield Difference("recipient_removed", told, (f"- recipient {told['']}",))
        else:
            lines = tuple(_values(f"recipient {name}", was, now))
            yield Difference("recipient_changed", told, lines)


def _values(where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name), new.get(name)
        if was == now or name == "text_hashes":
            continue
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _values(f"{where}.{name}", was, now)
        else:
            yield f"{where}.{name}: {_shown(was)} -> {_shown(now)}"


def _shown(value: object) -> str:
    return "nothing" if value in (None, "", [], ()) else str(value)


def _by_id(purposes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in purposes}


def _titles(purpose: Mapping[str, Any], facts: Facts) -> dict[str, str]:
    """Return the title of a purpose by language."""
    default = facts["languages"]["default"]
    plain = purpose.get(default, {}).get("title") or purpose.get("title", "")
    offered = facts["languages"]["offered"]
    return {code: purpose.get(code, {}).get("title") or plain for code in offered}
