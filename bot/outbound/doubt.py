"""What happens to a message of which nobody knows whether it arrived.

| in doubt                                | wait for its echo | then               |
|-----------------------------------------|-------------------|--------------------|
| answer to a person                      | 10 s              | sent once more     |
| policy notice, or service broadcast     | 60 s              | sent once more     |
| marketing broadcast                     | 15 min            | never; reported    |

An echo settles its message when it comes in (`inbound/keeping.py`). A message in doubt never holds
up the later ones of its person.
"""

from collections.abc import Callable

from bot.clock import Clock
from bot.logs import Action, action
from bot.metrics import Metrics
from bot.outbound.errors import GraphError, InDoubt, TryAgain
from storage import ClaimedMessage, Kind, Store
from storage.nodes import Node, list_alive

WAIT_MS: dict[Kind, int] = {
    "answer": 10_000,
    "notice": 60_000,
    "broadcast": 900_000,
    "service": 60_000,
}
#: A server that answers so may have done what it was asked for.
_STUMBLES = range(500, 600)
RESENDS: dict[Kind, int] = {"answer": 1, "notice": 1, "broadcast": 0, "service": 1}


def decide_at_ms(now_ms: int) -> dict[Kind, int]:
    """Return until when the echo of a message doubted now is waited for, by its kind."""
    return {kind: now_ms + wait_ms for kind, wait_ms in WAIT_MS.items()}


class Doubts:
    """Ends doubts whose time is over, and takes over from nodes that died."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        node: Node,
        *,
        wake_sender: Callable[[], None],
    ) -> None:
        self._wake_sender = wake_sender
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._node = node

    async def decide(self) -> int:
        """Send again what may be sent again; return how many messages are due now."""
        now_ms = self._clock.now_ms()
        async with self._store.read(is_quick=True) as tx:
            if not await self._store.outbox.is_doubt_over(tx, now_ms=now_ms):
                return 0
        async with self._store.write() as tx:
            again, never, ended = await self._store.outbox.decide(tx, now_ms=now_ms)
            await self._store.deliveries.end(tx, ended, "unknown", now_ms=now_ms)
            if again:
                # Before the commit: who dies right after it must not repeat what nobody counted.
                action(Action.MESSAGE_REPEATED, count=again)
        if again:
            self._wake_sender()
            self._metrics.sent_twice(again)
        for _ in range(never):
            self._metrics.sent("unknown")
        return again

    async def take_over(self) -> int:
        """Doubt what dead nodes had begun; return how many messages that were.

        It may have left, so it is never simply sent: its echo decides, or the wait does.
        """
        async with self._store.write() as tx:
            owners = await self._store.outbox.list_owners(tx)
            if owners <= {self._node.node_id}:
                return 0
            alive = await list_alive(self._store.main, tx, self._node)
            count = await self._store.outbox.doubt_all_of(
                tx, owners.difference(alive), decide_at_ms=decide_at_ms(self._clock.now_ms())
            )
        if count:
            self._metrics.in_doubt(count)
            action(Action.NODE_LOST, count=count)
        return count


def doubted_if_marketing(message: ClaimedMessage, error: GraphError) -> GraphError:
    """Doubt what a server that stumbled says of marketing, which must never come twice.

    An answer is tried again at once: twice is better than never there.
    """
    stumbled = isinstance(error, TryAgain) and error.facts.get("status", 0) in _STUMBLES
    return InDoubt(**error.facts) if message.kind == "broadcast" and stumbled else error
