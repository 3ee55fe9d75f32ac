"""How long a person is kept. One rule, applied after every turn."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.records import ConsentStatus


@dataclass(frozen=True, slots=True)
class Retention:
    """The periods of keeping, in milliseconds."""

    stranger_ms: int
    withdrawn_ms: int
    inactive_ms: int

    def erase_due_at_ms(
        self,
        heard_at_ms: int,
        statuses: Iterable[ConsentStatus],
        *,
        is_restricted: bool = False,
    ) -> int:
        """Return when a person is erased who last wrote at `heard_at_ms`.

        Whoever agreed to something, or asked us to keep it unused: after long
        silence. Whoever agreed and ended it: some days
        after that. Everybody else is a stranger and soon forgotten.
        """
        known = list(statuses)
        stranger = heard_at_ms + self.stranger_ms
        if is_restricted or any(status.is_granted for status in known):
            return heard_at_ms + self.inactive_ms
        ended = [status.ended_at_ms for status in known if status.granted_at_ms]
        return max(stranger, max(ended) + self.withdrawn_ms) if ended else stranger
