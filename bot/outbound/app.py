"""What belongs to the app at Meta and to no Page: its subscription, its tokens, who gave it which.

The app's own token is its id and its secret; like every token it travels in the header, and what
has to be named besides in the body. Meta describes two of these calls with tokens in the URL; both
are taken by POST too, the one that reads with `method=GET` in the body.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp

from bot.outbound.errors import GraphError, MessageRefused, PageTrouble, PersonUnreachable
from bot.outbound.graph import Graph, GraphAccess

T = TypeVar("T")
_TOKEN_REFUSED = 190
_MOST_PAGES = "100"


@dataclass(frozen=True, slots=True)
class OfferedPage:
    """A Page that an account let the app see."""

    id: str
    name: str
    token: str = field(repr=False)
    #: What the account may do there, such as MESSAGING; empty where Meta does not tell.
    tasks: frozenset[str]


@dataclass(frozen=True, slots=True)
class AppSubscription:
    """Where Meta posts what happens on Pages, and which of it."""

    callback_url: str
    is_active: bool
    fields: frozenset[str]


class App:
    """Speaks to Meta as the app.

    Args:
        app_id: The app's number.
        url: The Graph API's address, with its version.
        session: The way out.
        secrets: Returns the app secrets that may hold now, the likeliest first.
    """

    def __init__(
        self,
        app_id: str,
        url: str,
        session: aiohttp.ClientSession,
        *,
        secrets: Callable[[], Sequence[str]],
    ) -> None:
        self.app_id = app_id
        self._url = url
        self._session = session
        self._secrets = secrets

    async def require_known(self) -> None:
        """Make sure that Meta knows this app by this secret.

        Raises:
            GraphError: One of its children; what the caller does goes by the code in its facts.
        """
        await self._as_app(lambda graph, _: graph.get(self.app_id, fields="id"))

    async def exchange(self, token: str) -> str:
        """Return a token of the same account that lasts for weeks; raises as above."""

        def ask(graph: Graph, secret: str) -> Awaitable[dict[str, Any]]:
            given = {"client_id": self.app_id, "client_secret": secret, "fb_exchange_token": token}
            content = {"grant_type": "fb_exchange_token", **given}
            return graph.post_form("oauth/access_token", content)

        return str((await self._as_app(ask)).get("access_token", ""))

    async def pages_of(self, token: str) -> list[OfferedPage]:
        """Return the Pages that an account let the app see, with their tokens; raises as above."""
        graph = self._line(token, self._secrets()[0])
        wanted = "id,name,access_token,tasks"
        answer = await graph.get("me/accounts", fields=wanted, limit=_MOST_PAGES)
        return [_offered(one) for one in _tables(answer.get("data"))]

    async def permissions_of(self, token: str) -> frozenset[str]:
        """Return what an account allowed the app; raises as above."""
        answer = await self._line(token, self._secrets()[0]).get("me/permissions")
        granted = [one for one in _tables(answer.get("data")) if one.get("status") == "granted"]
        return frozenset(str(one.get("permission")) for one in granted)

    async def is_taken(self, page_id: str, token: str) -> bool:
        """Tell whether a token opens a Page; raises as above where nobody can tell."""
        try:
            await self._line(token, self._secrets()[0]).get(page_id, fields="id")
        except (MessageRefused, PageTrouble, PersonUnreachable):
            return False
        return True

    async def ends_at_ms(self, token: str) -> int | None:
        """Return when a token, or what it opens, ends; None where it lasts, or nobody tells."""
        content = {"method": "GET", "input_token": token}
        try:
            answer = await self._as_app(lambda graph, _: graph.post_form("debug_token", content))
        except GraphError:
            return None
        facts = answer.get("data")
        return _end_ms(facts) if isinstance(facts, Mapping) else None

    async def subscription(self) -> AppSubscription | None:
        """Return what the app is subscribed to of Pages, if anything; raises as above."""
        answer = await self._as_app(lambda graph, _: graph.get(f"{self.app_id}/subscriptions"))
        for one in _tables(answer.get("data")):
            if one.get("object") == "page":
                fields = {str(each.get("name")) for each in _tables(one.get("fields"))}
                url = str(one.get("callback_url", ""))
                return AppSubscription(url, bool(one.get("active")), frozenset(fields))
        return None

    async def subscribe(self, callback_url: str, verify_token: str, fields: Sequence[str]) -> None:
        """Let Meta ask the webhook, and then post it these fields; raises as above."""
        where = {"object": "page", "callback_url": callback_url, "verify_token": verify_token}
        content = {**where, "fields": ",".join(fields), "include_values": "true"}
        path = f"{self.app_id}/subscriptions"
        await self._as_app(lambda graph, _: graph.post(path, content))

    async def leave_out(self, fields: Collection[str]) -> None:
        """End the subscription to these fields; raises as above."""
        content = {"object": "page", "fields": ",".join(sorted(fields))}
        path = f"{self.app_id}/subscriptions"
        await self._as_app(lambda graph, _: graph.delete(path, content))

    async def _as_app(self, ask: Callable[[Graph, str], Awaitable[T]]) -> T:
        """Ask with each secret, until one is taken: Meta may not know the newest yet."""
        *others, last = self._secrets()
        for secret in others:
            try:
                return await ask(self._line(f"{self.app_id}|{secret}", secret), secret)
            except PageTrouble as refused:
                if refused.facts.get("code") != _TOKEN_REFUSED:
                    raise
        return await ask(self._line(f"{self.app_id}|{last}", last), last)

    def _line(self, token: str, secret: str) -> Graph:
        access = GraphAccess(page_id=self.app_id, url=self._url, token=token, app_secret=secret)
        return Graph(access, self._session)


def _tables(found: Any) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _offered(page: Mapping[str, Any]) -> OfferedPage:
    tasks = frozenset(str(task) for task in page.get("tasks") or ())
    id_, name, token = (str(page.get(key, "")) for key in ("id", "name", "access_token"))
    return OfferedPage(id_, name, token, tasks)


def _end_ms(facts: Mapping[str, Any]) -> int | None:
    """Return the earlier of both ends; Meta writes 0 where there is none."""
    ends_s = [facts.get(key) for key in ("expires_at", "data_access_expires_at")]
    known_s = [end_s for end_s in ends_s if isinstance(end_s, int) and end_s > 0]
    return min(known_s) * 1000 if known_s else None
