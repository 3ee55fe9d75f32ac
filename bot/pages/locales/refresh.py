"""Brings the catalogues up to date after a text has changed; for developers, not for the bot."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.pages.kept import entries
from bot.pages.texts import DOMAIN, LOCALES, NAMES

#: Stands in every header, so that a refresh changes texts only.
DATED: Final = datetime(2026, 1, 1, tzinfo=UTC)
OTHERS: Final = tuple(code for code in NAMES if code != "en")

_METHODS: Final = [("**.py", "python"), ("templates/**.html", "jinja2")]
#: `count` has a text for one and a text for many.
_KEYWORDS: Final = {"_": None, "count": (1, 2)}
_OPTIONS: Final = {"templates/**.html": {"silent": "false"}}


def extract() -> Catalog:
    """Collect every text of the pages, and those of the data map."""
    template = Catalog(project="chatmagico-bot", creation_date=DATED, fuzzy=False)
    found = extract_from_dir(
        LOCALES.parent, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS
    )
    for file, line, message, _comments, _context in found:
        template.add(message, locations=[(file, line)])
    for text in _mapped():
        template.add(text, locations=[("storage/data_map", 1)])
    return template


def _mapped() -> Iterator[str]:
    for _table, entry in entries():
        yield from (entry.holds, entry.purpose, entry.kept)


def path_of(language: str, suffix: str) -> Path:
    """Give the file of a catalogue: suffix "po" to edit, "mo" to read."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.{suffix}"


def read(language: str) -> Catalog:
    """Read the catalogue of a language; empty if there is none yet."""
    path = path_of(language, "po")
    if not path.exists():
        return Catalog(locale=language, creation_date=DATED, revision_date=DATED, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """Compile a catalogue to what gettext reads."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def refresh() -> None:
    """Add new texts, drop old ones, write and compile every catalogue."""
    template = extract()
    for language in OTHERS:
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        write(language, catalogue)


def write(language: str, catalogue: Catalog) -> None:
    """Write and compile one catalogue, with a header that says no more than it knows."""
    name = catalogue.locale.english_name if catalogue.locale else language
    catalogue.header_comment = f"# {name} texts of the pages."
    catalogue.project, catalogue.version = "chatmagico-bot", "pages"
    catalogue.msgid_bugs_address = catalogue.last_translator = ""
    catalogue.language_team = name
    catalogue.creation_date = catalogue.revision_date = DATED
    path_of(language, "po").parent.mkdir(parents=True, exist_ok=True)
    with path_of(language, "po").open("wb") as file:
        write_po(file, catalogue, width=100, include_lineno=False, sort_output=True)
    path_of(language, "mo").write_bytes(compiled(catalogue))
