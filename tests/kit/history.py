"""What Messenger received, compared with what people were promised."""

from collections import Counter
from dataclasses import dataclass

from bot.simulator import Simulator


@dataclass(frozen=True)
class History:
    """Every message that reached people, by our own mark on it."""

    sends: Counter[str]

    @classmethod
    def of(cls, simulator: Simulator, psid: str | None = None) -> "History":
        """Read what was received, for one person or for all."""
        return cls(
            Counter(
                sent.metadata or ""
                for sent in simulator.received
                if psid is None or sent.psid == psid
            )
        )

    @property
    def answers(self) -> int:
        """Return how many different messages arrived."""
        return len(self.sends)

    @property
    def repeats(self) -> int:
        """Return how many arrivals were repeats."""
        return sum(self.sends.values()) - len(self.sends)
