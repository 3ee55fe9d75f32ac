"""English stands in the templates and in the data map; other languages come from catalogues.

`python -m bot.pages.locales` refreshes the catalogues after a text has changed.
"""

from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

#: The languages there are texts in, each by its own name; English needs no catalogue.
NAMES: Final = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pl": "Polski",
}
DOMAIN: Final = "pages"
LOCALES: Final = Path(__file__).parent / "locales"


def _(english: str) -> str:
    """Mark a text for translation; it is translated when a page is printed."""
    return english


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    return translation(DOMAIN, LOCALES, languages=[language])


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one language, and escapes whatever is filled into a text."""

    language: str

    def say(self, english: str, **values: object) -> Markup:
        """Put an English text into this language, with its names filled in."""
        return escape(_catalogue(self.language).gettext(english)).format(**values)

    def count(self, one: str, many: str, number: int) -> Markup:
        """Say how many, in the form that the number asks for; `{n}` is the number."""
        form = _catalogue(self.language).ngettext(one, many, number)
        return escape(form).format(n=number)

    def hours(self, number: int) -> Markup:
        """Say a number of hours."""
        return self.count("{n} hour", "{n} hours", number)

    def days(self, number: int) -> Markup:
        """Say a number of days."""
        return self.count("{n} day", "{n} days", number)

    def months(self, number: int) -> Markup:
        """Say a number of months."""
        return self.count("{n} month", "{n} months", number)
