"""Subscribes the app and a Page, and says what stands in the way."""

from typing import Final

from bot.connecting.errors import SubscriptionRefused, WebhookUnreachable
from bot.outbound.errors import GraphError, InDoubt, NotConnected, Throttled, TryAgain
from bot.outbound.subscribing import NEEDED, Subscribing

#: Meta asked the address: it had no answer, or a wrong one.
_UNVERIFIED: Final = {2200, 2201}
_NO_VERDICT: Final = (NotConnected, Throttled, TryAgain)


async def subscribe(subscribing: Subscribing, page_id: str, *, url: str) -> str | None:
    """Subscribe to exactly what is needed, at both levels.

    Returns:
        Where the app posted until now, if that was somewhere else.

    Raises:
        ConnectError: Meta could not reach the webhook, or refused.
    """
    try:
        before = await subscribing.subscribe_app()
    except GraphError as refused:
        if refused.facts.get("code") in _UNVERIFIED:
            raise WebhookUnreachable(url=url, code=refused.facts.get("code")) from refused
        raise _explained(refused, "app") from refused
    try:
        is_done = await subscribing.subscribe_page(page_id)
    except GraphError as refused:
        raise _explained(refused, "page") from refused
    if not is_done:
        missing = set(NEEDED) - await subscribing.page_fields(page_id)
        raise SubscriptionRefused(of="page", missing=", ".join(sorted(missing)))
    return before


def _explained(refused: GraphError, level: str) -> Exception:
    is_silence = isinstance(refused, InDoubt) and "code" not in refused.facts
    if is_silence or isinstance(refused, _NO_VERDICT):
        return refused
    code, subcode = (refused.facts.get(name) for name in ("code", "subcode"))
    return SubscriptionRefused(of=level, code=code, subcode=subcode)
