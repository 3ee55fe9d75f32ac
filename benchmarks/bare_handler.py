"""Baseline: an aiohttp webhook that checks the signature, parses the body and keeps nothing.

Run as `python -m benchmarks.bare_handler PORT`; with `--graph PORT`, that of a Graph API, it is
a bot that echoes what people write: one call per message, answered before the webhook is. It runs
on asyncio's own loop, as aiohttp does out of the box; with `--uvloop` on that of the bot.
"""

import argparse
import asyncio
import hmac
import json
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web

from benchmarks.loop import run
from benchmarks.meta_app import APP_SECRET, GRAPH_VERSION, PAGE_TOKEN, page_of
from benchmarks.posting import HOST

_KEY = APP_SECRET.encode()
_CALLS = 100


async def check(request: web.Request) -> web.Response:
    """Take in one body."""
    await _parsed(request)
    return web.Response()


async def echo(session: aiohttp.ClientSession, url: str, request: web.Request) -> web.Response:
    """Take in one body and answer each message in it with its own text."""
    body = await _parsed(request)
    for entry in body["entry"]:
        for event in entry["messaging"]:
            if not event["message"].get("is_echo"):
                await _send(session, url, event["sender"]["id"], event["message"]["text"])
    return web.Response()


async def _parsed(request: web.Request) -> Any:
    raw = await request.read()
    signature = "sha256=" + hmac.digest(_KEY, raw, "sha256").hex()
    if not hmac.compare_digest(signature, request.headers.get("X-Hub-Signature-256", "")):
        raise web.HTTPForbidden
    return json.loads(raw)


async def _send(session: aiohttp.ClientSession, url: str, psid: str, text: str) -> None:
    message = {"recipient": {"id": psid}, "message": {"text": text}}
    headers = {"Authorization": f"Bearer {PAGE_TOKEN}"}
    where = f"{url}/{GRAPH_VERSION}/{page_of(psid)}/messages"
    async with session.post(where, json=message, headers=headers) as answer:
        await answer.json()


async def serve(port: int, graph_port: int | None = None) -> None:
    """Serve until the process is ended."""
    connector = aiohttp.TCPConnector(limit=_CALLS)
    async with aiohttp.ClientSession(connector=connector) as session:
        handle = (
            check if graph_port is None else partial(echo, session, f"http://{HOST}:{graph_port}")
        )
        app = web.Application()
        app.router.add_post("/webhook", handle)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, HOST, port).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--graph", type=int)
    parser.add_argument("--uvloop", action="store_true")
    given = parser.parse_args()
    (run if given.uvloop else asyncio.run)(serve(given.port, given.graph))
