"""Caddy with our file, started: what it hands on, what it keeps to itself, what it writes."""

import asyncio
import os
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDictProxy

from bot.pages.headers import guarded
from tests.deploy.places import CADDYFILE
from tests.kit.patience import PATIENCE_S
from tests.kit.ports import free_port

_TOKEN = "a-token-that-works-once"
pytestmark = pytest.mark.skipif(
    shutil.which("caddy") is None, reason="caddy is not installed (Debian: apt-get install caddy)"
)


@dataclass
class Door:
    """A running Caddy, and what the bot behind it was asked."""

    url: str
    session: aiohttp.ClientSession
    asked: list[tuple[str, CIMultiDictProxy[str]]] = field(default_factory=list)
    #: What Caddy wrote, once it has ended.
    log: str = ""

    async def get(self, path: str) -> aiohttp.ClientResponse:
        """Ask for a path, and read the answer to its end."""
        async with self.session.get(self.url + path) as answer:
            await answer.read()
            return answer


def _on_this_machine(port: int) -> str:
    """Return our file for a host without a name: with a certificate of its own making."""
    text = CADDYFILE.read_text(encoding="utf-8")
    text = text.replace("bot.example.org {", f"https://localhost:{port} {{\n\ttls internal")
    return text.replace(
        "admin off", "admin off\n\tskip_install_trust\n\tauto_https disable_redirects"
    )


@asynccontextmanager
async def opened(folder: Path, *, has_bot: bool) -> AsyncIterator[Door]:
    """Start Caddy, with something behind it or nothing, and end it."""
    port, behind = free_port(), free_port()
    file = folder / "Caddyfile"
    file.write_text(_on_this_machine(port), encoding="utf-8")
    surroundings = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "CHATMAGICO_UPSTREAM": f"127.0.0.1:{behind}",
    }
    caddy = await asyncio.create_subprocess_exec(
        *("caddy", "run", "--config", str(file), "--adapter", "caddyfile"),
        env=surroundings,
        stderr=asyncio.subprocess.PIPE,
    )
    assert caddy.stderr is not None
    said = await _until_ready(caddy.stderr)
    reading = asyncio.create_task(caddy.stderr.read())
    await _until_open(port, _trusting(folder))
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=_trusting(folder))
    ) as session:
        door = Door(f"https://localhost:{port}", session)
        runner = await _bot(door, behind) if has_bot else None
        try:
            yield door
        finally:
            caddy.terminate()
            await caddy.wait()
            door.log = said + (await reading).decode()
            if runner:
                await runner.cleanup()


async def _until_ready(stream: asyncio.StreamReader) -> str:
    said = ""
    async with asyncio.timeout(PATIENCE_S):
        while "certificate obtained successfully" not in said:
            line = await stream.readline()
            assert line, said
            said += line.decode()
    return said


async def _until_open(port: int, trusting: ssl.SSLContext) -> None:
    """Shake hands until that succeeds: between having a certificate and using it is a moment."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                _, line = await asyncio.open_connection("localhost", port, ssl=trusting)
            except (ssl.SSLError, ConnectionError):
                continue
            line.close()
            return


def _trusting(folder: Path) -> ssl.SSLContext:
    """Return what believes the authority that Caddy made for itself, and nobody else."""
    return ssl.create_default_context(cafile=folder / "caddy/pki/authorities/local/root.crt")


async def _bot(door: Door, port: int) -> web.AppRunner:
    """Start what takes the bot's place: it notes what it is asked."""

    async def note(request: web.Request) -> web.Response:
        door.asked.append((request.path, request.headers))
        return web.Response(headers=guarded(request))

    app = web.Application()
    app.add_routes([web.get("/{rest:.*}", note)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


async def test_only_what_is_public_is_handed_on(tmp_path: Path) -> None:
    """Pages reach the bot, everything else ends at the door, however it is spelled."""
    async with opened(tmp_path, has_bot=True) as door:
        assert (await door.get("/privacy")).status == 200
        assert (await door.get(f"/export/{_TOKEN}")).status == 200
        for path in ("/metrics", "/health", "/", "/admin", "/%6detrics", "/export/../metrics"):
            assert (await door.get(path)).status == 404, path
    assert [path for path, _ in door.asked] == ["/privacy", f"/export/{_TOKEN}"]


async def test_the_bot_learns_of_https_and_of_nobodys_address(tmp_path: Path) -> None:
    """The bot is told that the request came by https, once, and not from where."""
    async with opened(tmp_path, has_bot=True) as door:
        claims = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "http"}
        async with door.session.get(f"{door.url}/privacy", headers=claims):
            pass
    ((_, headers),) = door.asked
    assert headers.getall("X-Forwarded-Proto") == ["https"]
    assert not {"X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded"} & headers.keys()


@pytest.mark.parametrize("has_bot", [True, False])
async def test_every_answer_keeps_browsers_on_https(tmp_path: Path, has_bot: bool) -> None:  # noqa: FBT001 - pytest hands it in
    """Answers of the bot and of Caddy itself carry the same word of it, once."""
    async with opened(tmp_path, has_bot=has_bot) as door:
        answers = [await door.get(path) for path in ("/privacy", "/metrics")]
    told = [answer.headers.getall("Strict-Transport-Security") for answer in answers]
    assert told == [["max-age=63072000"]] * 2
    assert [answer.status for answer in answers] == [200 if has_bot else 502, 404]


@pytest.mark.parametrize("has_bot", [True, False])
async def test_nothing_is_written_of_visitors(tmp_path: Path, has_bot: bool) -> None:  # noqa: FBT001 - pytest hands it in
    """Neither a visit nor one that failed leaves an address or a link in Caddy's log."""
    async with opened(tmp_path, has_bot=has_bot) as door:
        await door.get(f"/export/{_TOKEN}")
        await door.get("/metrics")
    assert "shutdown complete" in door.log
    for trace in (_TOKEN, "/metrics", "remote_ip", "127.0.0.1", "User-Agent"):
        assert trace not in door.log, trace
