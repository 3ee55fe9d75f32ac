"""From what pydantic refused to a fault an operator can mend."""

import difflib
from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from bot.settings.faults import Fault, shape_of
from bot.settings.sections import section_in
from bot.settings.sources import SECRETS

_Place = tuple[int | str, ...]
#: From this likeness on, 0 to 1, an unknown key is taken for a known one misspelled.
_NEAR: Final = 0.55


def faults_of(error: ValidationError, model: type[BaseModel]) -> Iterator[Fault]:
    """Yield one fault per key that pydantic refused."""
    seen: set[str] = set()
    for detail in error.errors(include_url=False, include_context=False):
        place = detail["loc"]
        if detail["type"] == "extra_forbidden":
            yield _unknown_key(place, model)
            continue
        steps = _settled(place, model)
        key = ".".join(str(step) for step in steps)
        if key not in seen:
            seen.add(key)
            yield Fault(key, _found(detail), mend_of(steps, model))


def _found(detail: Any) -> str:
    return "nothing" if detail["type"] == "missing" else shape_of(detail["input"])


def _unknown_key(place: _Place, model: type[BaseModel]) -> Fault:
    parent = _model_at(place[:-1], model)
    known = [*_names(parent), *_secret_files(place, parent)] if parent else []
    near = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=_NEAR)
    mend = f"Write `{near[0]}`, or remove it." if near else "Remove it."
    return Fault(".".join(str(step) for step in place), "a key that is no setting", mend)


def _secret_files(place: _Place, section: type[BaseModel]) -> Iterator[str]:
    """Yield the keys that are no fields: they name files, and are replaced by what those hold."""
    secrets = SECRETS.get(str(place[0]), ())
    return (f"{name}_file" for name in section.model_fields if name in secrets)


def _settled(place: _Place, model: type[BaseModel]) -> _Place:
    """Return the place up to the last step that names a field or an entry of a list of tables."""
    for end in range(len(place), 1, -1):
        if _field_at(place[:end], model) or _model_at(place[:end], model):
            return place[:end]
    return place[:1]


def mend_of(place: _Place, model: type[BaseModel]) -> str:
    """Return what to write at a place such as ("pages", 0, "id")."""
    field = _field_at(place, model)
    if field and field.description:
        return field.description
    section = _model_at(place, model)
    return f"Write a table with {', '.join(_names(section))}." if section else "Correct it."


def _field_at(place: _Place, model: type[BaseModel]) -> FieldInfo | None:
    parent = _model_at(place[:-1], model)
    for name, field in parent.model_fields.items() if parent else ():
        if place[-1] in {name, field.alias}:
            return field
    return None


def _model_at(place: _Place, model: type[BaseModel]) -> type[BaseModel] | None:
    """Return the section that a place leads to."""
    if not place:
        return model
    if isinstance(place[-1], int):
        return _model_at(place[:-1], model)
    field = _field_at(place, model)
    return section_in(field.annotation) if field else None


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]
