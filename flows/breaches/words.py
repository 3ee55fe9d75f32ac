"""What people read of a breach: each in their language, around the words the controller chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.breaches.fields import TRANSLATED, in_language
from flows.kit.texts import _, translate

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What Messenger takes as one text.
MAX_NOTICE_CHARS: Final = 1_999
#: What Messenger takes as a greeting.
MAX_GREETING_CHARS: Final = 160

_NOTICE = _(
    "Something happened to data that {controller} keeps about you, and you should know.\n\n"
    "What happened: {plain_nature}\n\nWhat it may mean for you: {plain_consequences}\n\n"
    "What we do, and what you can do: {plain_measures}\n\nWhom you can ask: {contact}"
)
_PUBLIC = _(
    "Something happened to data that {controller} keeps about people.\n\n"
    "What happened: {plain_nature}\n\nWhat it may mean: {plain_consequences}\n\n"
    "What we do, and what you can do: {plain_measures}\n\nWhom you can ask: {contact}"
)
_GREETING = _("Something happened to data we keep. What it means for you: {url}")


def notice_text(language: str, values: Mapping[str, str], *, controller: str) -> str:
    """Return what a person is told (Art. 34(2) GDPR)."""
    return _filled(_NOTICE, language, values, controller)


def public_text(language: str, values: Mapping[str, str], *, controller: str) -> str:
    """Return what everybody can read, for those who cannot be reached (Art. 34(3)(c) GDPR)."""
    return _filled(_PUBLIC, language, values, controller)


def greeting_text(language: str, *, url: str) -> str:
    """Return what the Page's greeting can say while people are to be told."""
    return translate(language, _GREETING).format(url=url)


def untranslated(language: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return which of the controller's own words nobody has translated into a language."""
    return tuple(name for name in TRANSLATED[:3] if in_language(name, language) not in values)


def _filled(shape: str, language: str, values: Mapping[str, str], controller: str) -> str:
    own = {name: values.get(in_language(name, language), values[name]) for name in TRANSLATED}
    return translate(language, shape).format(controller=controller, **own)
