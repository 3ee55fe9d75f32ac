"""What Meta signs in a form: `base64url(signature).base64url(JSON)`, both without padding.

Signed with the app secret is the second part as it came, not what it decodes to.
"""

import hmac
import re
from base64 import b32encode, urlsafe_b64decode
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import msgspec

#: A signature of 32 bytes takes 43 letters.
_PARTS: Final = re.compile(r"([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]+)", re.ASCII)
#: Nothing else that is signed with the secret begins like this.
_CODE_OF: Final = b"deletion code:"
#: 80 bits: sixteen letters and digits, without 0 and 1.
_CODE_BYTES: Final = 10


class _Payload(msgspec.Struct):
    """What is read; whose id comes with it is nobody's business here."""

    algorithm: str
    #: The Page that somebody took the app away from, where Meta names it.
    profile_id: str | int | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A request that one of the app secrets signed."""

    payload: bytes = field(repr=False)
    secret: bytes = field(repr=False)
    #: The Page it is about, where it names one.
    page_id: str | None = None

    @property
    def code(self) -> str:
        """Return the confirmation code: the same whenever the same request comes again.

        It is made with the secret, so nobody finds the id in it by trying ids.
        """
        digest = hmac.digest(self.secret, _CODE_OF + self.payload, "sha256")
        return b32encode(digest[:_CODE_BYTES]).decode()


def verify(signed_request: str, secrets: Iterable[bytes]) -> Signed | None:
    """Return a request if one of the secrets signed it with HMAC-SHA256, else None.

    Every secret is tried, and compared in constant time, so that the time taken says nothing.

    Args:
        signed_request: The field as it came.
        secrets: The current app secret and, during a rotation, the previous one.
    """
    match = _PARTS.fullmatch(signed_request)
    if match is None:
        return None
    claimed, payload = urlsafe_b64decode(match[1] + "="), match[2].encode()
    signer = None
    for secret in filter(None, secrets):
        if hmac.compare_digest(hmac.digest(secret, payload, "sha256"), claimed):
            signer = secret
    told = _decoded(payload)
    if signer is None or told is None or told.algorithm != "HMAC-SHA256":
        return None
    return Signed(payload, signer, None if told.profile_id is None else str(told.profile_id))


def _decoded(payload: bytes) -> _Payload | None:
    try:
        decoded = urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))
        return msgspec.json.decode(decoded, type=_Payload)
    except ValueError:  # no base64, or not this JSON
        return None
