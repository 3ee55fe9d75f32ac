"""What a person hears when their message could not be handled, whatever the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.kit.reply import Reply
from flows.kit.texts import _, translate

if TYPE_CHECKING:
    from flows.kit.turn import Site

SORRY = _(
    "Something went wrong on our side with your last message. "
    "Please write again later. STOP always works."
)


def apology(site: Site, language: str | None) -> Reply:
    """Return the one bubble that answers what could not be handled."""
    return Reply(translate(language or site.default_language, SORRY))
