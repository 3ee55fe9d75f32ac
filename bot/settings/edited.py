"""Changes to a configuration file that leave all of its comments as they are."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.errors import BotError
from bot.settings.new_file import quoted


class FileNotEdited(BotError):
    """The configuration file is written in a way in which it can't be changed from here."""

    advice = (
        "Give this account leave to write it and its folder; or write the key into it by hand, in "
        "a line of its own below its table's name, and run this again."
    )


def with_key(text: str, table: str, key: str, value: str, *, number: int | None = None) -> str:
    """Return a file's text with one key set in a table.

    Args:
        text: The file.
        table: The table's name, such as "messenger"; it is added where it is not there.
        key: The key, and what it is set to.
        value: A text.
        number: Which table of a list of tables, such as [[pages]]; None where it is no list.

    Raises:
        FileNotEdited: The result would not be what was asked for.
    """
    header = f"[{table}]" if number is None else f"[[{table}]]"
    lines = text.splitlines()
    found = [at for at, line in enumerate(lines) if line.strip() == header]
    which = number or 0
    if which == len(found):
        lines += ["", header]
        found.append(len(lines) - 1)
    start = found[which] if which < len(found) else len(lines)
    end = next(
        (at for at in range(start + 1, len(lines)) if lines[at].lstrip().startswith("[")),
        len(lines),
    )
    line = f"{key} = {quoted(value)}"
    is_set = re.compile(rf"\s*{re.escape(key)}\s*=")
    written = [at for at in range(start + 1, end) if is_set.match(lines[at])]
    if written:
        lines[written[0]] = line
    else:
        lines.insert(start + 1, line)
    edited = "\n".join(lines) + "\n"
    _require(text, edited, (table, key, value, which if number is not None else None))
    return edited


def write(file: Path, text: str) -> None:
    """Write a file so that no reader finds half of it; who may read it stays as it is.

    Raises:
        FileNotEdited: It, or its folder, can't be written.
    """
    real = file.resolve()  # a link stays one
    part = real.with_name(f".{real.name}.new")
    try:
        part.touch(mode=0o600)
        part.write_text(text, encoding="utf-8")
        part.chmod(real.stat().st_mode & 0o777)
        part.replace(real)
    except OSError as refused:
        part.unlink(missing_ok=True)
        raise FileNotEdited(file=file.name, cause=type(refused).__name__) from refused


def _require(before: str, after: str, change: tuple[str, str, str, int | None]) -> None:
    """Make sure that a change is the only one."""
    table, key, value, number = change
    try:
        expected, found = tomllib.loads(before), tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        raise FileNotEdited(key=f"{table}.{key}") from None
    place: Any = expected.setdefault(table, {} if number is None else [])
    if number is not None and isinstance(place, list):
        place += [{}] if number == len(place) else []
        place = place[number] if number < len(place) else None
    if isinstance(place, dict):
        place[key] = value
    if not isinstance(place, Mapping) or expected != found:
        raise FileNotEdited(key=f"{table}.{key}")
