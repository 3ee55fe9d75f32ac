"""How a Messenger is told of STOPs, as it sees it."""

from bot.simulator import Fault
from bot.simulator.faults import Attempt
from tests.kit.deployment import Deployment


class Tries:
    """Counts how often Meta was told of a STOP, and lets the same go wrong each time."""

    def __init__(self, deployment: Deployment, fault: Fault | None = None) -> None:
        self._fault = fault
        self._simulator = deployment.simulator
        #: How many messages Messenger had taken by then, for each try.
        self.received: list[int] = []
        self._simulator.unsubscribe_faults.rule(self._take)

    async def has_one(self) -> bool:
        """Tell whether there was a try."""
        return bool(self.received)

    def _take(self, _: Attempt) -> Fault | None:
        self.received.append(len(self._simulator.received))
        return self._fault
