"""What an m.me link says: a language, and perhaps the one purpose that it asks about.

The reference is "de" or "de-news"; one that says neither is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.kit.turn import Arrived

if TYPE_CHECKING:
    from flows.kit.turn import Event, Purpose, Site


def reference(language: str, purpose_id: str = "") -> str:
    """Write the reference of a link."""
    return "-".join(filter(None, (language, purpose_id)))


def language_in(event: Event) -> str:
    """Read "de", "de-news" or "lang-de"; what is read need be no language."""
    ref = _ref_of(event)
    parts = ref.replace("_", "-").replace("=", "-").split("-")
    return parts[1] if parts[0] == "lang" and len(parts) > 1 else parts[0]


def purpose_in(site: Site, event: Event) -> Purpose | None:
    """Find the purpose that a link asks about."""
    language, _, purpose_id = _ref_of(event).partition("-")
    if language not in site.languages:
        return None
    return next((purpose for purpose in site.purposes if purpose.id == purpose_id), None)


def _ref_of(event: Event) -> str:
    came = event.input
    ref = came.ref if isinstance(came, Arrived) and came.ref else event.entry_ref or ""
    return ref.lower()
