"""What Messenger posts us: which events of a Page, to which address; and how both are put right."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from bot.logs import Action, action
from bot.outbound.app import App
from bot.outbound.graph import Graph

#: The bot lives on these. Without echoes nobody knows whether a message in doubt has arrived.
NEEDED: Final = (
    "messages",
    "messaging_postbacks",
    "messaging_optins",
    "messaging_referrals",
    "message_echoes",
    "message_reactions",
    "messaging_handovers",
    "standby",
    "messaging_policy_enforcement",
)
#: Who read what and when is nobody's business.
UNWANTED: Final = ("message_reads",)


class Subscribing:
    """Subscribes Pages and the app to what is needed.

    Args:
        lines: Each Page's line to the Graph API.
        app: The app's own.
        webhook_url: Where Meta is to post.
        verify_tokens: Returns what the webhook takes in the handshake, the present one first.
    """

    def __init__(
        self,
        lines: Mapping[str, Graph],
        app: App,
        *,
        webhook_url: str,
        verify_tokens: Callable[[], Sequence[str]],
    ) -> None:
        self.lines = lines
        self.app = app
        self._webhook_url = webhook_url
        self._verify_tokens = verify_tokens

    async def page_fields(self, page_id: str) -> set[str]:
        """Return which fields of a Page are posted to this app.

        Raises:
            GraphError: One of its children, by what is to be done about it.
        """
        subscribed = await self.lines[page_id].get(f"{page_id}/subscribed_apps")
        return fields_of(subscribed.get("data"), self.app.app_id)

    async def subscribe_page(self, page_id: str) -> bool:
        """Subscribe to exactly what is needed of a Page; return whether Messenger did so."""
        content = {"subscribed_fields": ",".join(NEEDED)}
        await self.lines[page_id].post(f"{page_id}/subscribed_apps", content)
        return await self.page_fields(page_id) == set(NEEDED)

    async def mend_page(self, page_id: str, fields: Collection[str]) -> bool:
        """Put a Page's subscription right where these fields are not; return whether it is now."""
        if is_right(fields):
            return True
        if not await self.subscribe_page(page_id):
            return False
        action(Action.SUBSCRIPTION_MENDED, page_id=page_id)
        return True

    async def subscribe_app(self) -> str | None:
        """Let Meta ask the webhook, and post it exactly what is needed; raises as above.

        Returns:
            Where it posted until now, if that was somewhere else.
        """
        before = await self.app.subscription()
        await self.app.subscribe(self._webhook_url, self._verify_tokens()[0], NEEDED)
        found = await self.app.subscription()
        if found and (others := found.fields.difference(NEEDED)):
            await self.app.leave_out(others)
        if before is None or before.callback_url == self._webhook_url:
            return None
        return before.callback_url

    async def mend_app(self) -> bool:
        """Put the app's subscription right where it is not; return whether it is right now.

        An app that posts elsewhere is left alone: two bots would take it from each other for ever.
        """
        found = await self.app.subscription()
        if found and found.callback_url != self._webhook_url:
            return False
        if found and found.is_active and is_right(found.fields):
            return True
        await self.subscribe_app()
        action(Action.SUBSCRIPTION_MENDED, kind="app")
        return True


def is_right(fields: Collection[str]) -> bool:
    """Tell whether everything needed is among these fields, and nothing that we must not hear."""
    return set(NEEDED).issubset(fields) and set(UNWANTED).isdisjoint(fields)


def fields_of(apps: Any, app_id: str) -> set[str]:
    """Return the fields an app is subscribed to, from what Messenger lists for a Page."""
    entries = apps if isinstance(apps, list) else []
    own = [app for app in entries if isinstance(app, dict) and str(app.get("id")) == app_id]
    return {str(name) for app in own for name in app.get("subscribed_fields") or ()}
