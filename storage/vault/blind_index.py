"""Find a row by a value that is nowhere stored in clear.

A blind index is a keyed hash: equal values give equal indexes, and without the key neither can be
guessed. It is still personal data, and it goes when the person goes.
"""

import hashlib
import hmac


def blind_index(key: bytes, *parts: str) -> bytes:
    """Return 32 bytes that stand for `parts`, each bound with its length."""
    return hmac.digest(key, _framed(parts), hashlib.sha256)


def event_key(key: bytes, *parts: str) -> bytes:
    """Return 16 bytes that name an event for as long as its day's key lives."""
    return blind_index(key, *parts)[:16]


def _framed(parts: tuple[str, ...]) -> bytes:
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
