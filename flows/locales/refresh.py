"""Brings the catalogues up to date after a text has changed; for developers, not for turns."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from flows.kit.texts import DOMAIN, LANGUAGES, LOCALES

if TYPE_CHECKING:
    from pathlib import Path

#: Stands in every header, so that a refresh changes texts only.
DATED: Final = datetime(2026, 1, 1, tzinfo=UTC)


def extract() -> Catalog:
    """Collect every text marked with `_()` in the flows."""
    template = Catalog(project="chatmagico-bot", creation_date=DATED, fuzzy=False)
    found = extract_from_dir(LOCALES.parent, method_map=[("**.py", "python")], keywords={"_": None})
    for file, line, message, _comments, _context in found:
        template.add(message, locations=[(file, line)])
    return template


def path_of(language: str, suffix: str, folder: Path = LOCALES) -> Path:
    """Give the file of a catalogue: suffix "po" to edit, "mo" to read."""
    return folder / language / "LC_MESSAGES" / f"{DOMAIN}.{suffix}"


def read(language: str, folder: Path = LOCALES) -> Catalog:
    """Read the catalogue of a language; empty if there is none yet."""
    path = path_of(language, "po", folder)
    if not path.exists():
        return Catalog(locale=language, creation_date=DATED, revision_date=DATED, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """Compile a catalogue to what gettext reads."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def refresh(folder: Path = LOCALES) -> None:
    """Add new texts, drop old ones, write and compile every catalogue."""
    template = extract()
    for language in LANGUAGES[1:]:
        catalogue = read(language, folder)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        write(language, catalogue, folder)


def write(language: str, catalogue: Catalog, folder: Path = LOCALES) -> None:
    """Write and compile one catalogue, with a header that says no more than it knows."""
    name = catalogue.locale.english_name if catalogue.locale else language
    catalogue.header_comment = f"# {name} texts of the flows."
    catalogue.project, catalogue.version = "chatmagico-bot", "flows"
    catalogue.msgid_bugs_address = catalogue.last_translator = ""
    catalogue.language_team = name
    catalogue.creation_date = catalogue.revision_date = DATED
    path_of(language, "po", folder).parent.mkdir(parents=True, exist_ok=True)
    with path_of(language, "po", folder).open("wb") as file:
        write_po(file, catalogue, width=100, include_lineno=False, sort_output=True)
    path_of(language, "mo", folder).write_bytes(compiled(catalogue))
