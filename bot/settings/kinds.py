"""The kinds of values that settings are made of, and how each is read."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

Language = Literal["en", "de", "fr", "es", "it", "pl"]


def split(value: Any) -> Any:
    """Let the environment write a list with commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def time_zone(name: str) -> str:
    """Return the name of a time zone.

    Raises:
        ValueError: The tz database does not know it.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as unknown:
        raise ValueError("no time zone") from unknown
    return name


Url = Annotated[str, AfterValidator(lambda url: url.rstrip("/"))]
Names = Annotated[tuple[str, ...], BeforeValidator(split)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(split)]
Offered = Annotated[tuple[Language, ...], BeforeValidator(split), Field(min_length=1)]
Secret = Annotated[SecretStr, Field(min_length=1)]
Digits = Annotated[str, Field(pattern=r"^[0-9]{1,32}$")]
Port = Annotated[int, Field(ge=0, le=65535)]
TimeZone = Annotated[str, AfterValidator(time_zone)]
Count = Annotated[int, Field(ge=1, le=100_000)]
