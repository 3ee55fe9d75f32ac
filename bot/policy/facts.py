"""What a notice states, for programs; and the settings as far as a published notice covers them.

    configured ──facts_of──▶ facts ──published──▶ in_force ──▶ the settings everything works with

Whatever the configuration adds gets nothing before a notice names it. Whatever it takes away is
gone at once: to do less than the notice says needs no new notice.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from bot.settings import Settings
from bot.settings.sections import Age, Controller, Languages, Purpose, Recipient, Retention
from storage.policies import Facts

_HASHES: Final = "text_hashes"
#: What a notice states of a purpose; the rest of its settings is how it is run.
_STATED: Final = ("id", "title", "text", "class", "needs", "en", "de", "fr", "es", "it", "pl")


def facts_of(settings: Settings) -> dict[str, Any]:
    """Return what the notice made of these settings states."""
    return {
        "controller": settings.controller.model_dump(mode="json"),
        "pages": [page.name for page in settings.pages],
        "languages": settings.languages.model_dump(mode="json"),
        "purposes": [_purpose(one, settings.languages) for one in settings.purposes],
        "recipients": [one.model_dump(mode="json") for one in settings.recipients],
        "retention": settings.retention.model_dump(mode="json"),
        "age": settings.age.model_dump(mode="json"),
        "dark_after_days": settings.keys.dark_after_days,
        "sends_mail": settings.mail is not None,
    }


def facts_hash(facts: Facts) -> bytes:
    """Return a hash that two equal statements share."""
    written = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).digest()


def in_force(configured: Settings, facts: Facts) -> Settings:
    """Return the settings that hold while the notice with these facts is in force."""
    purposes = tuple(_named_purposes(configured, facts))
    known = {one.id for one in purposes}
    return configured.model_copy(
        update={
            "controller": Controller(**_known(Controller, facts["controller"])),
            "languages": Languages(**_known(Languages, facts["languages"])),
            "purposes": purposes,
            "recipients": tuple(_named_recipients(configured, facts, known)),
            "retention": Retention(
                **configured.retention.model_dump() | _known(Retention, facts["retention"])
            ),
            "age": Age(**_known(Age, facts["age"])),
        }
    )


def _purpose(purpose: Purpose, languages: Languages) -> dict[str, Any]:
    told = purpose.model_dump(mode="json", by_alias=True, exclude_none=True)
    texts = purpose.in_languages(languages)
    hashes = {
        code: hashlib.sha256(f"{text.title}\n{text.text}".encode()).hexdigest()
        for code, text in texts.items()
    }
    return {name: told[name] for name in _STATED if name in told} | {_HASHES: hashes}


def _named_purposes(settings: Settings, facts: Facts) -> list[Purpose]:
    """Return the purposes as the notice words them, without those that are served no more."""
    served = {purpose.id: purpose for purpose in settings.purposes}
    named = []
    for told in facts["purposes"]:
        if told["id"] in served:
            configured = served[told["id"]].model_dump(by_alias=True)
            stated = {name: told.get(name) for name in _STATED}
            needs = [need for need in told["needs"] if need in configured["needs"]]
            named.append(Purpose(**configured | stated | {"needs": needs}))
    return named


def _named_recipients(configured: Settings, facts: Facts, known: set[str]) -> list[Recipient]:
    """Return who may be handed data: configured, and named with the same role and country."""
    named = {(one["name"], one["role"], one["country"]): one for one in facts["recipients"]}
    found = []
    for recipient in configured.recipients:
        told = named.get((recipient.name, recipient.role, recipient.country))
        if told is not None:
            both = (one for one in recipient.purposes if one in told["purposes"] and one in known)
            found.append(recipient.model_copy(update={"purposes": tuple(both)}))
    return found


def _known(section: Any, told: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what a version of this program wrote that knew more settings."""
    return {name: value for name, value in told.items() if name in section.model_fields}
