"""Files that hold one secret each: read, and replaced so that no reader finds half of one.

While a change is under way the secret before it stands beside it, in `<file>.previous`, below the
time until which it counts. A file is what every process reads anyway, so nothing else has to carry
the word from node to node; whoever serves looks every few seconds, or at once on SIGHUP.
"""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import BotError
from storage.files import OWNER_ONLY, sync_folder


class SecretFileUnusable(BotError):
    """A file with a secret can't be read or written."""

    advice = "Give the account that runs this leave to read and write the file and its folder."


def read(file: Path) -> str:
    """Return the secret in a file.

    Raises:
        SecretFileUnusable: There is none.
    """
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as trouble:
        raise SecretFileUnusable(file=file.name, cause=type(trouble).__name__) from trouble
    if not secret:
        raise SecretFileUnusable(file=file.name, cause="empty")
    return secret


def read_previous(file: Path, *, now: datetime) -> str | None:
    """Return the secret before the present one, as long as it still counts."""
    try:
        until, _, secret = _beside(file).read_text(encoding="utf-8").strip().partition("\n")
        is_over = datetime.fromisoformat(until) <= now
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as trouble:
        raise SecretFileUnusable(file=_beside(file).name, cause=type(trouble).__name__) from trouble
    return None if is_over or not secret else secret


def replace(file: Path, secret: str, *, keep_until: datetime | None = None) -> None:
    """Put a new secret in place of the one in a file; the old one counts until then, if at all.

    Raises:
        SecretFileUnusable: The file can't be written; the old secret is still there then.
    """
    beside = _beside(file)
    if keep_until is not None:
        # First: between the two writes the old secret counts as both, and none is missing.
        _write(beside, f"{keep_until.astimezone(UTC).isoformat()}\n{read(file)}\n")
    _write(file, f"{secret}\n")
    if keep_until is None:
        beside.unlink(missing_ok=True)


def drop_over(file: Path, *, now: datetime) -> None:
    """Remove the secret before the present one once it does not count any more."""
    if _beside(file).exists() and read_previous(file, now=now) is None:
        _beside(file).unlink(missing_ok=True)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.previous")


def _write(file: Path, text: str) -> None:
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        part.replace(file)
        sync_folder(file.parent)
    except OSError as refused:
        part.unlink(missing_ok=True)
        raise SecretFileUnusable(file=file.name, cause=type(refused).__name__) from refused
