"""Whether Messenger lets the bot speak for each Page, and posts it what it needs."""

import asyncio
from typing import Final

from bot.outbound.errors import (
    GraphError,
    InDoubt,
    NotConnected,
    PersonUnreachable,
    SecretRefused,
)
from bot.outbound.graph import Graph, open_session
from bot.outbound.lines import graphs
from bot.outbound.subscribing import NEEDED, UNWANTED, fields_of
from bot.settings import Fault, Settings

NO_ANSWER: Final = Fault(
    "messenger.graph_url",
    "no answer from the Graph API",
    "Check the address, and this machine's way to the internet.",
)
SECRET_REFUSED: Final = Fault(
    "messenger.app_secret",
    "a secret that Messenger refuses",
    "Copy the app secret from Meta's dashboard anew: its proof was not taken.",
)
_TOKEN_DEAD: Final = {102, 190}
_NO_PERMISSION: Final = {10, 200, 230}


async def page_faults(settings: Settings) -> list[Fault]:
    """Return what Messenger would refuse, or not post, for each Page."""
    async with open_session() as session:
        lines = graphs(settings, session)
        app_id = settings.messenger.app_id
        asked = [
            _faults_of(f"pages.{index}", lines[page.id], app_id)
            for index, page in enumerate(settings.pages)
        ]
        return [fault for faults in await asyncio.gather(*asked) for fault in faults]


async def _faults_of(key: str, graph: Graph, app_id: str) -> list[Fault]:
    try:
        page = await graph.get(graph.page_id, fields="id,name")
        subscribed = await graph.get(f"{graph.page_id}/subscribed_apps")
    except GraphError as refused:
        return [_refusal(key, refused)]
    if str(page.get("id")) != graph.page_id:
        return [_wrong_page(key)]
    return _subscription_faults(key, fields_of(subscribed.get("data"), app_id))


def _subscription_faults(key: str, fields: set[str]) -> list[Fault]:
    if not fields:
        mend = "Run `chatmagico connect`."
        return [Fault(f"{key}.id", "a Page that posts this app no events", mend)]
    faults = []
    if missing := [name for name in NEEDED if name not in fields]:
        mend = "Run `chatmagico connect`: it subscribes to these too."
        faults.append(Fault(f"{key}.id", f"no subscription to {', '.join(missing)}", mend))
    if unwanted := [name for name in UNWANTED if name in fields]:
        mend = "Run `chatmagico connect`: it ends this. The bot does not watch what people read."
        faults.append(Fault(f"{key}.id", f"a subscription to {', '.join(unwanted)}", mend))
    return faults


def _refusal(key: str, refused: GraphError) -> Fault:
    """Name the key to mend; the code decides, because Graph's words may repeat what was sent."""
    if isinstance(refused, NotConnected | InDoubt):
        return NO_ANSWER
    if isinstance(refused, PersonUnreachable):  # 100/33: no such object, for this token
        return _wrong_page(key)
    if isinstance(refused, SecretRefused):
        return SECRET_REFUSED
    code = refused.facts.get("code")
    told = f"(code {code}, subcode {refused.facts.get('subcode')})"
    if code in _TOKEN_DEAD:
        mend = "Run `chatmagico connect`: it takes a new one."
        return Fault(f"{key}.access_token", f"a token that Messenger refuses {told}", mend)
    if code in _NO_PERMISSION:
        mend = "Give the app pages_messaging and pages_manage_metadata for this Page."
        return Fault(f"{key}.access_token", f"a token without permission {told}", mend)
    return Fault(f"{key}.id", f"a refusal {told}", refused.advice)


def _wrong_page(key: str) -> Fault:
    mend = "Write this Page's own id and token."
    return Fault(f"{key}.id", "a Page that its access_token does not belong to", mend)
