"""Somebody else who got data, and is told of erasures over HTTP on this machine."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import hdrs, web

from tests.kit.deployment import free_port

TOKEN = "an-erasure-token-of-tests"


@dataclass
class RecipientServer(AbstractAsyncContextManager["RecipientServer"]):
    """Answers what it is told to, and remembers what it was asked."""

    name: str = "Example Post"
    port: int = field(default_factory=free_port)
    #: The answers to come, the last one for good.
    answers: list[int] = field(default_factory=lambda: [204])
    #: Where it sends whoever asks, when it answers with a redirect.
    location: str = ""
    told: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Open the door."""
        app = web.Application()
        app.router.add_post("/erase", self._erase)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        assert self._runner is not None
        await self._runner.cleanup()

    def table(self, **changes: Any) -> dict[str, Any]:
        """Return the table of the configuration that leads here."""
        url = f"http://127.0.0.1:{self.port}/erase"
        own = {"name": self.name, "role": "mail", "country": "DE", "erasure_url": url}
        return own | {"erasure_token": TOKEN} | changes

    async def was_told(self, times: int) -> bool:
        """Tell whether it was told so often."""
        return len(self.told) == times

    async def _erase(self, request: web.Request) -> web.Response:
        self.told.append(await request.json())
        self.tokens.append(request.headers.get(hdrs.AUTHORIZATION, ""))
        status = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        return web.Response(status=status, headers={hdrs.LOCATION: self.location})
