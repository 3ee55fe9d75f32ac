"""Looks for values in the raw bytes of files, as somebody who stole the disk would."""

import base64
from pathlib import Path


def forms_of(value: str) -> dict[str, bytes]:
    """Return a value as it may stand in a file."""
    plain = value.encode()
    return {
        "text": plain,
        "utf-16": value.encode("utf-16-le"),
        "hex": plain.hex().encode(),
        "base64": base64.b64encode(plain)[: len(plain) // 3 * 4],
    }


def count(folder: Path, *needles: bytes) -> int:
    """Return how often any of these bytes stand in any file below a folder."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert files, "there is nothing to search"
    return sum(content.count(needle) for content in files for needle in needles)
