"""Whether Meta posts this app's events to this bot, and lets its tokens last."""

from datetime import UTC, datetime
from typing import Final

from bot.alerts.page_check import ENDING_DAYS
from bot.outbound.app import App, AppSubscription
from bot.outbound.errors import GraphError, InDoubt, NotConnected
from bot.outbound.graph import open_session
from bot.outbound.lines import app_of
from bot.outbound.subscribing import NEEDED
from bot.readiness.pages import NO_ANSWER, SECRET_REFUSED
from bot.settings import Fault, Settings

_URL: Final = "server.public_url"
_CONNECT: Final = "Run `chatmagico connect` while the bot runs."
_NEAR_MS: Final = ENDING_DAYS[0] * 86_400_000


async def app_faults(settings: Settings, *, now_ms: int) -> list[Fault]:
    """Return what Meta would not post here, and which tokens end soon."""
    secrets = [secret.get_secret_value() for secret in settings.messenger.app_secrets]
    async with open_session() as session:
        app = app_of(settings, session, secrets=lambda: secrets)
        try:
            found = await app.subscription()
        except (NotConnected, InDoubt):
            return [NO_ANSWER]
        except GraphError:
            return [SECRET_REFUSED]
        webhook_url = f"{settings.server.public_url}/webhook"
        return _subscription_faults(found, webhook_url) + await _ends(settings, app, now_ms)


def _subscription_faults(found: AppSubscription | None, webhook_url: str) -> list[Fault]:
    if found is None:
        return [Fault(_URL, "an app that posts nowhere", _CONNECT)]
    if found.callback_url != webhook_url:
        mend = f"{_CONNECT} Where another bot uses this app, give this one an app of its own."
        return [Fault(_URL, "an app that posts to another address", mend)]
    missing = [name for name in NEEDED if name not in found.fields]
    if missing or not found.is_active:
        told = f"an app without a subscription to {', '.join(missing or NEEDED)}"
        return [Fault("messenger.app_id", told, _CONNECT)]
    return []


async def _ends(settings: Settings, app: App, now_ms: int) -> list[Fault]:
    faults = []
    for index, page in enumerate(settings.pages):
        end_ms = await app.ends_at_ms(page.access_token.get_secret_value())
        if end_ms is not None and 0 < end_ms - now_ms <= _NEAR_MS:
            day = datetime.fromtimestamp(end_ms / 1000, UTC).date()
            key = f"pages.{index}.access_token"
            mend = "Run `chatmagico connect`: it takes a new one."
            faults.append(Fault(key, f"a token that ends on {day}", mend))
    return faults
