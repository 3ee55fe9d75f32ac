"""How many calls a Page may make in a span of time."""

from collections import deque

SENDS_PER_S = 300
LOUD_SENDS_PER_S = 10
PROFILE_CALLS = 10
PROFILE_SPAN_MS = 10 * 60 * 1000


class Turnstile:
    """Lets `limit` calls through in any span of `span_ms`."""

    def __init__(self, limit: int, *, span_ms: int) -> None:
        self.limit = limit
        self._span_ms = span_ms
        self._passed_at_ms: deque[int] = deque()

    def may_pass(self, now_ms: int) -> bool:
        """Let a call through, or say no; a refused call does not count."""
        passed = self._passed_at_ms
        while passed and now_ms - passed[0] >= self._span_ms:
            passed.popleft()
        if len(passed) >= self.limit:
            return False
        passed.append(now_ms)
        return True


class Allowance:
    """The limits of one Page: sends, sends of sound and film, profile calls."""

    def __init__(self) -> None:
        self.sends = Turnstile(SENDS_PER_S, span_ms=1000)
        self.loud_sends = Turnstile(LOUD_SENDS_PER_S, span_ms=1000)
        self.profile_calls = Turnstile(PROFILE_CALLS, span_ms=PROFILE_SPAN_MS)
