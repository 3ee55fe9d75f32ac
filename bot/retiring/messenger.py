"""What Messenger has of a Page: whether it is still connected, and taking all of it away."""

from collections.abc import Mapping
from typing import Final

from bot.outbound.errors import GraphError, InDoubt, NotConnected, Throttled, TryAgain
from bot.outbound.graph import Graph
from bot.outbound.profile import PROPERTIES
from bot.outbound.subscribing import fields_of
from storage.retirements import AtMessenger

#: Says nothing of the Page: Messenger is away, or busy.
NO_VERDICT: Final = (NotConnected, InDoubt, Throttled, TryAgain)


class AtPages:
    """Asks and tells Messenger about Pages.

    Args:
        graphs: Each Page's line; a Page without one is not configured any more.
        app_id: Ours, as the Pages' subscriptions name it.
    """

    def __init__(self, graphs: Mapping[str, Graph], *, app_id: str) -> None:
        self._graphs = graphs
        self._app_id = app_id

    async def is_connected(self, page_id: str) -> bool | None:
        """Tell whether a Page's token counts and events are posted; None where nobody can say."""
        graph = self._graphs.get(page_id)
        if graph is None:
            return False
        try:
            subscribed = await graph.get(f"{page_id}/subscribed_apps")
        except NO_VERDICT:
            return None
        except GraphError:
            return False
        return bool(fields_of(subscribed.get("data"), self._app_id))

    async def take_away(self, page_id: str) -> AtMessenger | None:
        """End the Page's subscription and delete its profile; None: to be tried again."""
        graph = self._graphs.get(page_id)
        if graph is None:
            return "refused"
        try:
            await graph.delete(f"{page_id}/subscribed_apps", {})
            await graph.delete("me/messenger_profile", {"fields": list(PROPERTIES)})
        except NO_VERDICT:
            return None
        except GraphError:
            return "refused"
        return "removed"
