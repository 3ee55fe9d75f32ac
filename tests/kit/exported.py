"""Reads a file of somebody's data, and changes one for those who check it."""

import json
from typing import Any

from storage.export import CLOSES, OPENS


def told_in(file: bytes | bytearray) -> dict[str, Any]:
    """Return what an export tells machines."""
    begin = file.index(OPENS) + len(OPENS)
    told: dict[str, Any] = json.loads(file[begin : file.index(CLOSES, begin)])
    return told


def text_of(file: bytes | bytearray) -> str:
    """Return what an export tells people, with its markup."""
    return bytes(file).partition(OPENS)[0].decode()


def with_a_byte_changed(file: bytes, place: int) -> bytes:
    """Return a file that differs in one bit of one byte."""
    return file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
