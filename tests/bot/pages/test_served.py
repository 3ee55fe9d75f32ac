"""The pages beside the webhook, in a bot that runs."""

import aiohttp

from bot.site import sites
from tests.kit.deployment import PAGE, Deployment


async def test_the_links_in_the_chat_lead_to_the_pages(deployment: Deployment) -> None:
    """What the bot sends people to is there, at that very address."""
    site = sites(deployment.settings)[PAGE]
    async with aiohttp.ClientSession() as session:
        for url in (site.privacy_url, site.terms_url):
            async with session.get(url) as answer:
                assert answer.status == 200
                assert "Garden and Book Club" in await answer.text()
                assert not answer.cookies


async def test_the_webhook_keeps_its_methods(deployment: Deployment) -> None:
    """The page for unknown addresses takes nothing from the webhook."""
    url = f"http://127.0.0.1:{deployment.bot.port}/webhook"
    async with aiohttp.ClientSession() as session:
        for method in ("PUT", "DELETE", "PATCH"):
            async with session.request(method, url) as answer:
                assert answer.status == 405
        async with session.get(url) as answer:
            assert answer.status == 403
