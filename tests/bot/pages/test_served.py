"""The pages beside the webhook, in a bot that runs."""

import json

import aiohttp

from bot.site import sites
from tests.kit.deployment import APP_SECRET, PAGE, Deployment

from .test_callbacks import TOLD, signed


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


async def test_a_callback_of_meta_is_kept(deployment: Deployment) -> None:
    """Its code leads to a page, again and again; a code that was never given out does not."""
    url = f"http://127.0.0.1:{deployment.bot.port}"
    form = {"signed_request": signed(TOLD, APP_SECRET.encode())}
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            async with session.post(f"{url}/data-deletion", data=form) as answer:
                assert answer.status == 200
                code = json.loads(await answer.text())["confirmation_code"]
        async with session.get(f"{url}/deletion/{code.lower()}") as answer:
            assert answer.status == 200
            assert "Facebook" in await answer.text()
        async with session.get(f"{url}/deletion/{code[1:]}") as answer:
            assert answer.status == 404
        async with session.post(f"{url}/deauthorize", data=form) as answer:
            assert answer.status == 200
