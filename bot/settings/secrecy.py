"""Which secrets are too weak for production."""

import re
from collections.abc import Iterator
from typing import Final

from bot.settings.faults import Fault, shape_of
from bot.settings.given import Given, text_of

#: Meta's app secrets have 32 hexadecimal digits, its Page tokens far more than 20 characters.
APP_SECRET_CHARS: Final = 32
VERIFY_TOKEN_CHARS: Final = 16
ACCESS_TOKEN_CHARS: Final = 20
#: What proves to a recipient that an erasure is passed on by us.
ERASURE_TOKEN_CHARS: Final = 16
_DIFFERENT_CHARS: Final = 8
#: A text made of nothing but such words, digits and marks was written to be replaced.
_MADE_UP: Final = re.compile(
    r"(access|app|bot|change|chat|default|demo|dev|dummy|example|fake|foo|here|insert|magico|me|"
    r"messenger|my|page|password|paste|placeholder|put|replace|sample|secret|test|the|this|todo|"
    r"token|verify|with|your|x|[\W\d_])+",
    re.IGNORECASE,
)


def weak_secrets(given: Given) -> Iterator[Fault]:
    """Yield a fault for each secret that is short, monotonous, or used or written elsewhere too."""
    for key, value, chars in _secrets(given):
        if value and (found := _weakness(value, chars)):
            yield Fault(key, found, _mend(key, chars))
    token, signs = given.text("messenger.verify_token"), ("app_secret", "app_secret_previous")
    if token and token in {given.text(f"messenger.{name}") for name in signs}:
        mend = _mend("messenger.verify_token", VERIFY_TOKEN_CHARS)
        yield Fault("messenger.verify_token", "the app secret", mend)


def _secrets(given: Given) -> Iterator[tuple[str, str, int]]:
    """Yield key, value and least length of every secret."""
    for name in ("app_secret", "app_secret_previous"):
        yield f"messenger.{name}", given.text(f"messenger.{name}"), APP_SECRET_CHARS
    yield "messenger.verify_token", given.text("messenger.verify_token"), VERIFY_TOKEN_CHARS
    for where, page in given.entries("pages"):
        yield f"{where}.access_token", text_of(page.get("access_token")), ACCESS_TOKEN_CHARS
    for where, recipient in given.entries("recipients"):
        token = text_of(recipient.get("erasure_token"))
        yield f"{where}.erasure_token", token, ERASURE_TOKEN_CHARS


def _weakness(value: str, chars: int) -> str:
    """Return what makes a secret weak, without repeating any of it; empty where nothing does."""
    if len(value) < chars:
        return shape_of(value)
    if len(set(value)) < _DIFFERENT_CHARS:
        return f"{shape_of(value)} that are nearly all the same"
    return "an example that was never replaced" if _MADE_UP.fullmatch(value) else ""


def _mend(key: str, chars: int) -> str:
    if key.endswith("verify_token"):
        return f"Make up {chars} or more random characters, and enter the same ones at Meta."
    if key.endswith("erasure_token"):
        return f"Agree on {chars} or more random characters with this recipient."
    return f"Copy it from Meta's dashboard: the real one has {chars} characters or more."
