"""The words around a broadcast: who it is from, why somebody gets it, and how it ends.

The sender adds them, never the author, so that no broadcast can be without.
"""

from __future__ import annotations

from typing import Final

from flows.kit.reply import MAX_TEXT_WITH_BUTTONS_CHARS, Button, length_of
from flows.kit.texts import _, translate
from flows.ways import GO
from flows.words import STOP, as_shown

#: In every language one of the spellings of STOP: Meta hides a button's payload from us while
#: a human holds the chat, and then its title must say it.
UNSUBSCRIBE: Final = _("Unsubscribe")
ONLINE: Final = _("Unsubscribe online")
_FOOTER = _("{controller} writes this because you said yes to: {title}. {stop} ends it.")
_MAIL = _(
    "{text}\n\n{controller} writes this because you said yes to: {title}. To end it, open this "
    "page: {url}"
)


def footer(language: str, *, controller: str, title: str) -> str:
    """Say who writes, why, and the word that ends it."""
    stop = as_shown(STOP, language)
    return translate(language, _FOOTER).format(controller=controller, title=title, stop=stop)


def room(language: str, *, controller: str, title: str) -> int:
    """Return how many characters are left for a broadcast's own text."""
    around = length_of("\n\n" + footer(language, controller=controller, title=title))
    return MAX_TEXT_WITH_BUTTONS_CHARS - around


def framed(language: str, text: str, *, controller: str, title: str) -> str:
    """Put a broadcast's own text and the words that belong to it together."""
    return f"{text}\n\n{footer(language, controller=controller, title=title)}"


def ways_out(language: str, url: str) -> tuple[Button, ...]:
    """Offer one tap that ends it, and a page that does."""
    return (
        Button(translate(language, UNSUBSCRIBE), payload=GO + STOP),
        Button(translate(language, ONLINE), url=url),
    )


def mailed(language: str, text: str, *, controller: str, title: str, url: str) -> str:
    """Put a broadcast's own text into a mail."""
    return translate(language, _MAIL).format(text=text, controller=controller, title=title, url=url)
