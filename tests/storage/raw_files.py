"""Looks for values in the raw bytes of files, as somebody who stole the disk would."""

import base64
from collections.abc import Iterable
from pathlib import Path

#: In what a database writes a whole number.
_NUMBER_BYTES = 8


def forms_of(value: str) -> dict[str, bytes]:
    """Return a value as it may stand in a file."""
    plain = value.encode()
    forms = {
        "text": plain,
        "utf-16": value.encode("utf-16-le"),
        "utf-16, other way round": value.encode("utf-16-be"),
        "hex": plain.hex().encode(),
        "hex, in capitals": plain.hex().upper().encode(),
    }
    forms |= {f"base64, from byte {at}": _base64(plain, at) for at in range(3)}
    if value.isascii() and value.isdigit() and int(value) < 1 << 63 and len(value) > _NUMBER_BYTES:
        forms["number"] = int(value).to_bytes(_NUMBER_BYTES, "big")
        forms["number, other way round"] = int(value).to_bytes(_NUMBER_BYTES, "little")
    return forms


def found(where: bytes, values: Iterable[str]) -> list[int]:
    """Return which of the values are there, by number: a failure must not repeat them."""
    return [
        number
        for number, value in enumerate(values)
        if any(form in where for form in forms_of(value).values())
    ]


def below(folder: Path) -> list[Path]:
    """Return every file there is below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files, "there is nothing to search"
    return files


def count(folder: Path, *needles: bytes) -> int:
    """Return how often any of these bytes stand in any file below a folder; equal files are one."""
    contents = {path.read_bytes() for path in below(folder)}
    return sum(content.count(needle) for content in contents for needle in needles)


def _base64(plain: bytes, at: int) -> bytes:
    """Return what base64 has of it when so many bytes stand before; its ends depend on others."""
    written = base64.b64encode(bytes(at) + plain)
    return written[-(-at * 8 // 6) : (at + len(plain)) * 8 // 6]
