"""The call that tells Meta of a STOP, apart from everything else a Page says."""

import pytest

from bot.clock import MovableClock
from bot.outbound.errors import StopNotForwarded
from bot.outbound.graph import Graph, GraphAccess, open_session
from bot.outbound.messenger import Messenger
from bot.simulator import Fault
from tests.kit.deployment import APP_SECRET, PAGES, messenger_for
from tests.kit.ports import free_port


async def test_what_the_answer_tells_of_usage_slows_nothing_down() -> None:
    """Meta says that all is used up: it is refused, and the Page's own pace stays."""
    async with messenger_for(free_port(), MovableClock()) as simulator, open_session() as session:
        url, page = f"{simulator.graph_url}/v26.0", PAGES[0]
        graph = Graph(GraphAccess(page.id, url, page.access_token, APP_SECRET), session)
        messenger, psid = Messenger(graph), simulator.add_person(page.id)
        simulator.unsubscribe_faults.next(Fault.throttled(minutes=5))
        with pytest.raises(StopNotForwarded) as refused:
            await messenger.unsubscribe(psid)
    assert refused.value.logged()["error_class"] == "Throttled"
    assert messenger.usage_percent == 0
