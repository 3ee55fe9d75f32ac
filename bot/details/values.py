"""What a person typed becomes a value we can use; and a value becomes one that shows little."""

from collections.abc import Callable
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from storage.details import Field

MAX_NAME_CHARS: Final = 100
#: No zone is called longer, and nothing longer is looked at.
_MOST_CHARS: Final = 320
#: The parts of the world that zones are named by; the others are old names.
_AREAS: Final = frozenset(
    {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)
_HIDDEN: Final = "•••"


def accepted(name: Field, typed: str) -> str | None:
    """Return a value in its usual form; None where it is none."""
    plain = " ".join(typed.split())
    if not plain or len(plain) > _MOST_CHARS:
        return None
    return _CHECKS[name](plain)


def masked(name: Field, value: str) -> str:
    """Return a value so that its owner knows it again and hardly anybody else."""
    if name == "email":
        local, _, domain = value.partition("@")
        return f"{local[:1]}{_HIDDEN}@{_HIDDEN}.{domain.rpartition('.')[2]}"
    if name == "phone":
        return f"{_HIDDEN} {value[-2:]}"
    return f"{value[:1]}{_HIDDEN}"


@cache
def zones() -> dict[str, tuple[str, ...]]:
    """Return the time zones that can be chosen, by the part of the world they lie in."""
    found: dict[str, list[str]] = {area: [] for area in sorted(_AREAS)}
    for zone in sorted(available_timezones()):
        area = zone.partition("/")[0]
        if area in _AREAS:
            found[area].append(zone)
    return {area: tuple(named) for area, named in found.items()} | {"UTC": ("UTC",)}


def _name(typed: str) -> str | None:
    return typed if len(typed) <= MAX_NAME_CHARS and typed.isprintable() else None


def _email(typed: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email

    try:
        # Hardly any server takes other letters before the @; behind it they have a form for mail.
        checked = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return checked.ascii_email


def _phone(typed: str) -> str | None:
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        is_valid_number,
        parse,
    )

    # Without a country the number could be anybody's: 00 is how most people dial out of theirs.
    international = f"+{typed[2:]}" if typed.startswith("00") else typed
    try:
        number = parse(international, None)
    except NumberParseException:
        return None
    if not is_valid_number(number):
        return None
    return str(format_number(number, PhoneNumberFormat.INTERNATIONAL))


def _time_zone(typed: str) -> str | None:
    return _spelled_zones().get(_zone_key(typed))


@cache
def _spelled_zones() -> dict[str, str]:
    """Return zones by their whole name, and by the city alone where only one has it."""
    every = [zone for named in zones().values() for zone in named]
    cities: dict[str, list[str]] = {}
    for zone in every:
        cities.setdefault(_zone_key(zone.rpartition("/")[2]), []).append(zone)
    alone = {city: found[0] for city, found in cities.items() if len(found) == 1}
    return alone | {_zone_key(zone): zone for zone in every}


def _zone_key(zone: str) -> str:
    return zone.casefold().replace("_", " ")


_CHECKS: Final[dict[Field, Callable[[str], str | None]]] = {
    "name": _name,
    "email": _email,
    "phone": _phone,
    "time_zone": _time_zone,
}
