"""Holds a value against a JSON Schema; knows the few words that ours uses, and refuses others."""

import json
import re
from pathlib import Path
from typing import Any

_TYPES = {"object": dict, "array": list, "string": str}
_WORDS = {
    *("$schema", "$defs", "$ref", "title", "description", "type", "required", "properties"),
    *("additionalProperties", "items", "const", "enum", "pattern"),
}


def faults_of(value: Any, schema_file: Path) -> list[str]:
    """Return where a value is not as the schema says."""
    whole = json.loads(schema_file.read_text(encoding="utf-8"))
    return list(_faults(value, whole, whole, "$"))


def _faults(  # noqa: C901, PLR0912 - one branch for each word of the language
    value: Any, schema: Any, whole: Any, where: str
) -> list[str]:
    if isinstance(schema, bool):
        return [] if schema else [f"{where} is too much"]
    assert set(schema) <= _WORDS, f"unknown words in the schema: {set(schema) - _WORDS}"
    if "$ref" in schema:
        return _faults(value, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole, where)
    if "type" in schema and not isinstance(value, _TYPES[schema["type"]]):
        return [f"{where} is no {schema['type']}"]
    faults = [] if "const" not in schema or value == schema["const"] else [f"{where} is another"]
    if value not in schema.get("enum", [value]):
        faults.append(f"{where} is none of those named")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        faults.append(f"{where} has another form")
    if isinstance(value, dict):
        faults += [
            f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value
        ]
        known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        for name, part in value.items():
            faults += _faults(part, known.get(name, more), whole, f"{where}.{name}")
    if isinstance(value, list):
        for part in value:
            faults += _faults(part, schema.get("items", True), whole, f"{where}[]")
    return faults
