"""Meta's error codes, and what each means for us.

Decided by (code, subcode) first, then by the code alone, then by `is_transient` and the HTTP
status. Source: Meta, "Common Error Codes" and "Rate Limits", as of mid-2026.
"""

from dataclasses import dataclass

from bot.outbound.errors import (
    GraphError,
    HeldElsewhere,
    InDoubt,
    MessageRefused,
    OutsideWindow,
    PageTrouble,
    PermissionMissing,
    PersonUnreachable,
    Throttled,
    TryAgain,
)

Class = type[GraphError]

#: How long a Page rests where Messenger names no time, in seconds.
DEFAULT_PAUSE_S = 60.0
_SERVER_ERROR = 500

_BY_SUBCODE: dict[tuple[int, int], Class] = {
    (1, 99): PermissionMissing,  # often
    (1, 1357046): InDoubt,  # "invalid JSON reply": the messages were sent
    (2, 2018344): PageTrouble,  # the Page's contact terms are not accepted
    (4, 2018022): Throttled,
    (10, 2018278): OutsideWindow,
    (10, 2018065): OutsideWindow,
    (10, 2534022): OutsideWindow,
    (10, 2018108): PersonUnreachable,
    (10, 1893063): PageTrouble,  # the Page is restricted
    (10, 2018300): HeldElsewhere,
    (10, 2018336): MessageRefused,
    (10, 1893015): PersonUnreachable,
    (100, 2018001): PersonUnreachable,  # no such person on this Page
    (100, 33): PersonUnreachable,
    (100, 2018008): TryAgain,  # Meta could not fetch a file
    (100, 2018294): TryAgain,
    (200, 1545041): PersonUnreachable,
    (613, 1893016): MessageRefused,
    (613, 2018338): PageTrouble,  # a warning about the use of tags
}

_BY_CODE: dict[int, Class] = {
    1: InDoubt,  # "unknown": it may have been sent
    2: TryAgain,
    4: Throttled,
    10: PermissionMissing,
    17: Throttled,
    32: Throttled,
    100: MessageRefused,
    102: PageTrouble,
    190: PageTrouble,  # the token is dead
    200: PermissionMissing,  # also of a single person, such as while the app is not published
    230: PageTrouble,
    341: Throttled,
    368: PageTrouble,  # blocked for policy
    551: PersonUnreachable,
    613: Throttled,
    1200: TryAgain,
    2022: PageTrouble,
    80001: Throttled,
    80006: Throttled,
    1545041: PersonUnreachable,
    2018300: HeldElsewhere,
    2018321: TryAgain,  # Messenger's own questions are being asked
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Messenger answered, without the words (they may repeat what was sent)."""

    status: int
    code: int | None = None
    subcode: int | None = None
    is_transient: bool = False
    #: Minutes until access comes back, from the usage header; 0 where it named none.
    regain_minutes: int = 0
    fbtrace_id: str = ""


def to_error(refusal: Refusal) -> GraphError:
    """Return the error that says what to do about a refusal."""
    facts = {
        "status": refusal.status,
        "code": refusal.code,
        "subcode": refusal.subcode,
        "fbtrace_id": refusal.fbtrace_id,
    }
    kind = _class_of(refusal)
    if kind is Throttled:
        pause_s = refusal.regain_minutes * 60 or DEFAULT_PAUSE_S
        return Throttled(pause_s=pause_s, **facts)
    return kind(**facts)


def _class_of(refusal: Refusal) -> Class:
    code, subcode = refusal.code, refusal.subcode
    if code is None:
        # No error of Graph's form: something between us and Messenger spoke.
        return InDoubt if refusal.status >= _SERVER_ERROR else MessageRefused
    known = _BY_SUBCODE.get((code, subcode or 0)) or _BY_CODE.get(code)
    if known is not None:
        return known
    if refusal.is_transient:
        return TryAgain
    return InDoubt if refusal.status >= _SERVER_ERROR else MessageRefused
