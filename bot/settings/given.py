"""A look at settings before they are known to be good, so that every rule can speak at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined


@dataclass(frozen=True, slots=True)
class Given:
    """What was written, and what holds where nothing was written."""

    raw: Mapping[str, Any]
    model: type[BaseModel]

    @property
    def is_production(self) -> bool:
        """Tell whether the strict rules hold: always, unless development is asked for."""
        return self.text("environment") != "development"

    def text(self, key: str) -> str:
        """Return what was written under a key such as "server.port"; empty where nothing was."""
        found: Any = self.raw
        for step in key.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
        return text_of(found)

    def effective(self, key: str) -> str:
        """Return what was written under "section.key", or else its default."""
        return self.text(key) or text_of(self._default(key))

    def names(self, key: str) -> tuple[str, ...]:
        """Return the list of words under "section.key", or else its default."""
        section, _, name = key.partition(".")
        table = self.raw.get(section)
        found = table.get(name) if isinstance(table, Mapping) else None
        return words_of(found) or words_of(self._default(key))

    def _default(self, key: str) -> object:
        section, _, name = key.partition(".")
        table: Any = self.model.model_fields[section].annotation
        return table.model_fields[name].default

    def entries(self, section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield each table of a list with its key, such as "pages.0"."""
        found = self.raw.get(section)
        for index, entry in enumerate(found if isinstance(found, list | tuple) else ()):
            if isinstance(entry, Mapping):
                yield f"{section}.{index}", entry


def text_of(value: object) -> str:
    """Return a plain value as text; tables and lists are empty."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    is_empty = value is None or value is PydanticUndefined
    return "" if is_empty or isinstance(value, Mapping | list | tuple) else str(value)


def words_of(value: object) -> tuple[str, ...]:
    """Return a list, or a text with commas, as words."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(text_of(part) for part in value) if isinstance(value, list | tuple) else ()
