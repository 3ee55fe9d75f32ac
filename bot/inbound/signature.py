"""The signature of a webhook body: `X-Hub-Signature-256: sha256=<64 lower-case hex digits>`."""

import hmac
import re
from collections.abc import Iterable, Sequence
from typing import Final

_HEADER: Final = re.compile(r"sha256=([0-9a-f]{64})", re.ASCII)


def one_signature(headers: Sequence[str]) -> str | None:
    """Return the value of a request's only signature header, if it has the form of one."""
    return headers[0] if len(headers) == 1 and _HEADER.fullmatch(headers[0]) else None


def is_signed_by(raw: bytes | bytearray, header: str | None, secrets: Iterable[bytes]) -> bool:
    """Tell whether one of the app secrets signed exactly these bytes.

    Every secret is tried, and compared in constant time, so that the time taken says nothing. The
    older sha1 header is never looked at. Without a secret nothing is signed.

    Args:
        raw: The body as it came over the wire. Parsed and written again it has another signature.
        header: The value of `X-Hub-Signature-256`; None where the request has none.
        secrets: The current app secret and, during a rotation, the previous one.
    """
    match = _HEADER.fullmatch(header or "")
    if match is None:
        return False
    claimed = bytes.fromhex(match[1])
    is_signed = False
    for secret in filter(None, secrets):
        is_signed |= hmac.compare_digest(hmac.digest(secret, raw, "sha256"), claimed)
    return is_signed
