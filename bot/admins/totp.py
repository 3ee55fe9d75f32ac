"""Codes of authenticator apps, RFC 6238: six digits, a new one every 30 seconds."""

from typing import Final

import pyotp

#: Each code stands for so long.
STEP_MS: Final = 30_000
#: How far a phone's clock may be off, in steps either way.
_DRIFT: Final = 1


def new_seed() -> str:
    """Return a seed that nobody guesses: 160 random bits."""
    return pyotp.random_base32()


def address(seed: str, *, name: str, issuer: str) -> str:
    """Return what an app reads from the QR code."""
    return pyotp.TOTP(seed).provisioning_uri(name=name, issuer_name=issuer)


def code_at(seed: str, *, now_ms: int) -> str:
    """Return what an app shows at a moment."""
    return pyotp.TOTP(seed).generate_otp(now_ms // STEP_MS)


def step_of(seed: str, code: str, *, now_ms: int) -> int | None:
    """Return the step that a code belongs to, among those near now; None where it is wrong.

    A code is to be used once: whoever calls uses its step up.
    """
    totp, step = pyotp.TOTP(seed), now_ms // STEP_MS
    for near in range(step + _DRIFT, step - _DRIFT - 1, -1):
        if pyotp.utils.strings_equal(code, totp.generate_otp(near)):
            return near
    return None
