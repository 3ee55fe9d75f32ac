"""Prints every page in every language offered, all at once and once only.

That takes some hundred milliseconds and the template engine, so it happens in a thread when the
first page is asked for; afterwards only the printed pages stay.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from markupsafe import Markup

from bot.pages.facts import EEA, Pages
from bot.pages.kept import GROUPS, NOT_ABOUT_YOU, PROOF, TELLING, Group, batches
from bot.pages.texts import NAMES, Voice, _
from bot.settings.sections import Languages
from flows.words import as_shown
from storage.data_map import Basis, Form
from storage.tellings import TOLD_FOR_DAYS

if TYPE_CHECKING:
    from jinja2 import Environment

Name = Literal[
    "privacy",
    "terms",
    "data-deletion",
    "deletion/ordered",
    "deletion/done",
    "deletion/callback",
    "deletion/unknown",
    "deletion/later",
    "not_found",
]
Printed = Mapping[tuple[Name, str], bytes]

TEMPLATES: Final = Path(__file__).parent / "templates"
STYLE: Final = Path(__file__).parent / "static" / "page.css"
#: When the text of the terms was last changed.
TERMS_DATED: Final = "2026-11-23"

_TITLES: Final[Mapping[Name, str]] = {
    "privacy": _("What happens with your data"),
    "terms": _("Terms of use"),
    "data-deletion": _("Erase your data"),
    "deletion/ordered": _("Your data is being erased"),
    "deletion/done": _("Your data is erased"),
    "deletion/callback": _("Facebook told us of your wish"),
    "deletion/unknown": _("This number is not known here"),
    "deletion/later": _("We cannot look that up now"),
    "not_found": _("There is nothing here"),
}
#: Pages that stay as they are: they have a version, and search engines may list them.
LASTING: Final[frozenset[Name]] = frozenset({"privacy", "terms", "data-deletion"})
#: The parts of the notice, each a template of that name, in the order of what people ask first.
_SECTIONS: Final = {
    "who": _("Who is responsible"),
    "kept": _("What we keep"),
    "asked": _("What we ask you about"),
    "others": _("Who else gets data"),
    "time": _("How long we keep it"),
    "rights": _("Your rights"),
    "not-done": _("What we do not do"),
    "reach": _("What we cannot reach"),
    "encryption": _("What encryption does, and what not"),
}
FORMS: Final = {
    Form.SEALED: _("Encrypted"),
    Form.KEYED_HASH: _("As a keyed hash, which only our secret can make again"),
    Form.RANDOM_ID: _("As a random number"),
    Form.CLEAR: _("Readable, because the program searches or sorts by it"),
}
BASES: Final = {
    Basis.CONSENT: _("your consent (Art. 6(1)(a) GDPR)"),
    Basis.DUTY: _("our legal duty (Art. 6(1)(c) GDPR)"),
    Basis.INTEREST: _("our legitimate interest in just that (Art. 6(1)(f) GDPR)"),
}


@dataclass(frozen=True, slots=True)
class Published:
    """The notice in force as it was published; its words are never made anew."""

    number: int
    words_hash: bytes
    #: The page's inner HTML by language.
    texts: Mapping[str, str] = field(repr=False)


class Press:
    """Has the pages of one deployment.

    Args:
        pages: What they tell.
        published: The notice in force; without one it is made of `pages`.
    """

    def __init__(self, pages: Pages, published: Published | None = None) -> None:
        self._pages = pages
        self._published = published
        self._printed: Printed | None = None
        self._engine: Environment | None = None
        self._one_at_a_time = asyncio.Lock()

    @staticmethod
    def title_of(name: Name) -> str:
        """Return a page's heading, in English."""
        return _TITLES[name]

    @property
    def languages(self) -> Languages:
        """Return the languages of the pages."""
        return self._pages.languages

    def renew(self, pages: Pages, published: Published) -> None:
        """Tell what holds from now on; the pages are printed anew when they are asked for."""
        self._pages, self._published, self._printed = pages, published, None

    async def page(self, name: Name, language: str) -> bytes:
        """Return a page in a language that is offered."""
        async with self._one_at_a_time:
            printed = self._printed
            if printed is None:
                pages = self._pages
                printed = await asyncio.to_thread(print_all, pages, self._published)
                if pages is self._pages:  # else they were renewed meanwhile
                    self._printed = printed
        return printed[name, language]

    def print_private(
        self, name: str, language: str, title: str, values: Mapping[str, object]
    ) -> bytes:
        """Return a page for one visit; it takes some milliseconds, so call it in a thread."""
        if self._engine is None:
            self._engine = _engine()
        told = _told(self._pages, language)
        inner = self._engine.get_template(f"{name}.html").render(told, **values)
        body = Markup(inner)  # noqa: S704 - the engine has escaped it
        return _frame(self._engine, told, name=name, title=title, body=body, version="")


def print_all(pages: Pages, published: Published | None = None) -> Printed:
    """Return every lasting or repeated page in every language offered."""
    engine = _engine()
    printed: dict[tuple[Name, str], bytes] = {}
    for name in _TITLES:
        printed |= _print(engine, name, pages, published if name == "privacy" else None)
    return printed


def notice_bodies(pages: Pages) -> dict[str, str]:
    """Return the notice that these facts make, by language, without what all pages share."""
    return {code: str(body) for code, body in _bodies(_engine(), "privacy", pages).items()}


def _engine() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _bodies(engine: "Environment", name: Name, pages: Pages) -> dict[str, Markup]:
    return {
        language: Markup(engine.get_template(f"{name}.html").render(_told(pages, language)))  # noqa: S704 - the engine has escaped it
        for language in pages.languages.offered
    }


def _print(engine: "Environment", name: Name, pages: Pages, published: Published | None) -> Printed:
    if published is None:
        bodies = _bodies(engine, name, pages)
        version = _version(bodies)
    else:
        bodies = {code: Markup(text) for code, text in published.texts.items()}  # noqa: S704 - as the engine wrote it
        version = f"{published.number} ({published.words_hash.hex()[:8]})"
    return {
        (name, language): _frame(
            engine,
            _told(pages, language),
            name=name,
            title=_TITLES[name],
            body=body,
            version=version,
        )
        for language, body in bodies.items()
    }


def _frame(
    engine: "Environment",
    told: dict[str, Any],
    *,
    name: str,
    title: str,
    body: Markup,
    version: str,
) -> bytes:
    """Put a page's body into what all pages share."""
    page = engine.get_template("frame.html").render(
        told,
        name=name,
        title=title,
        is_lasting=name in LASTING,
        body=body,
        version=version,
        style=hashlib.sha256(STYLE.read_bytes()).hexdigest()[:12],
    )
    return page.encode()


def _version(bodies: Mapping[str, Markup]) -> str:
    """Return a short hash of the words in every language; the markup around them may change."""
    words = "\n".join(f"{code}: {bodies[code].striptags()}" for code in sorted(bodies))
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def _told(pages: Pages, language: str) -> dict[str, Any]:
    """Return what the templates may use."""
    voice = Voice(language)
    texts = {
        purpose.id: purpose.in_languages(pages.languages)[language] for purpose in pages.purposes
    }
    return {
        "_": voice.say,
        "voice": voice,
        "language": language,
        "language_names": NAMES,
        "as_shown": as_shown,
        "pages": pages,
        "purposes": [(purpose, texts[purpose.id]) for purpose in pages.purposes],
        "recipients": [
            (recipient, [texts[purpose].title for purpose in recipient.purposes])
            for recipient in pages.recipients
        ],
        "sections": _SECTIONS.items(),
        "groups": [(group, batches(group)) for group in _groups(pages)],
        "forms": FORMS,
        "bases": BASES,
        "consent": BASES[Basis.CONSENT],
        "eea": EEA,
        "country_name": lambda code: _country_name(code, language),
        "terms_dated": TERMS_DATED,
        "told": (),
        "told_for": voice.days(TOLD_FOR_DAYS),
    }


def _groups(pages: Pages) -> tuple[Group, ...]:
    """Return the groups of what is kept here; not every deployment keeps something for a while."""
    proof = (PROOF,) if pages.retention.consent_evidence_days else ()
    telling = (TELLING,) if pages.passes_erasures_on else ()
    return (*GROUPS, *proof, *telling, NOT_ABOUT_YOU)


def _country_name(code: str, language: str) -> str:
    from babel import Locale

    return str(Locale(language).territories.get(code, code))
