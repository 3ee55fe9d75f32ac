"""English stands in the flows; other languages come from gettext catalogues, read once.

`python -m flows.locales` refreshes the catalogues after a text has changed.
"""

from __future__ import annotations

from gettext import translation
from pathlib import Path

#: Languages that a Page can offer; English needs no catalogue.
LANGUAGES = ("en", "de", "fr", "es", "it", "pl")
DOMAIN = "flows"
LOCALES = Path(__file__).parent.parent / "locales"

# Read at import, so that no turn ever touches the disk.
_CATALOGUES = {
    code: translation(DOMAIN, LOCALES, languages=[code], fallback=True).gettext
    for code in LANGUAGES[1:]
}


def _(english: str) -> str:
    """Mark a text for translation; it is translated when it is said."""
    return english


def translate(language: str, english: str) -> str:
    """Find a text in a language; English where the language is not spoken."""
    catalogue = _CATALOGUES.get(language)
    return catalogue(english) if catalogue else english
