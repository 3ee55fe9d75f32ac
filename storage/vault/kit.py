"""A recovery kit: secrets in groups that can be printed, copied by hand, and checked.

    root     7KQ2 M4XD … 9TRA  C4F7
    epoch 1  …

Each line holds one secret, 52 letters in groups of four, and a group of check digits behind it,
made from the secret and its name: a slip of the pen, or a line in the wrong place, is noticed.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

from storage.vault.secrets import SECRET_BYTES, Secrets

#: Letters and digits that nobody mistakes for each other; 32 of them, so 5 bits each.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKS_LIKE = str.maketrans("OIL", "011")
_LETTERS = 52
_CHECK = 4
_GROUP = 4
_LINE = re.compile(r"\s*(root|epoch\s+[0-9]{1,6})\b[\s:]*([0-9a-z \t-]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KitLine:
    """One line as it was typed: whose secret, and the secret; None where a slip is in it."""

    name: str
    secret: bytes | None


def print_kit(secrets: Secrets) -> list[str]:
    """Return the lines of a kit."""
    return [f"{name:<12}{_groups(name, secret)}" for name, secret in named(secrets).items()]


def named(secrets: Secrets) -> dict[str, bytes]:
    """Return every secret under the name it has in a kit."""
    epochs = {f"epoch {number}": secrets.epochs[number] for number in sorted(secrets.epochs)}
    return {"root": secrets.root} | epochs


def read_kit(typed: str) -> list[KitLine]:
    """Return the lines of a kit that are in a text; capitals, spaces and dashes do not matter."""
    found = [_LINE.fullmatch(line) for line in typed.splitlines()]
    return [_read(line[1], line[2]) for line in found if line]


def _read(name: str, letters: str) -> KitLine:
    name = " ".join(name.lower().split())
    plain = re.sub(r"[\s-]", "", letters).upper().translate(_LOOKS_LIKE)
    body, check = plain[:_LETTERS], plain[_LETTERS:]
    if len(plain) != _LETTERS + _CHECK or not set(plain) <= set(_ALPHABET):
        return KitLine(name, None)
    number = 0
    for letter in body:
        number = number * 32 + _ALPHABET.index(letter)
    if number.bit_length() > SECRET_BYTES * 8:
        return KitLine(name, None)
    secret = number.to_bytes(SECRET_BYTES, "big")
    is_right = hmac.compare_digest(_check_of(name, secret), check)
    return KitLine(name, secret if is_right else None)


def _groups(name: str, secret: bytes) -> str:
    plain = _letters(int.from_bytes(secret, "big"), _LETTERS)
    groups = [plain[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP)]
    return f"{' '.join(groups)}  {_check_of(name, secret)}"


def _check_of(name: str, secret: bytes) -> str:
    digest = hashlib.sha256(b"chatmagico/kit/1\0" + name.encode() + b"\0" + secret).digest()
    return _letters(int.from_bytes(digest[:8], "big") % 32**_CHECK, _CHECK)


def _letters(number: int, count: int) -> str:
    letters = ""
    for _ in range(count):
        number, rest = divmod(number, 32)
        letters = _ALPHABET[rest] + letters
    return letters
