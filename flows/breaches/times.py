"""Times as admins type them: always UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

SHAPE: Final = "%Y-%m-%d %H:%M"
_SHAPES: Final = (SHAPE, "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M UTC", "%Y-%m-%d")


def aware_time(typed: str) -> datetime | None:
    """Read a time such as "2026-11-23 14:05"; None where it is none."""
    text = " ".join(typed.split())
    for shape in _SHAPES:
        try:
            return datetime.strptime(text, shape).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
