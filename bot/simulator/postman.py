"""Posts webhook bodies to the bot: signed over the raw bytes, repeated when not answered 200."""

import asyncio
import hashlib
import hmac
from collections.abc import Coroutine
from typing import Any

import aiohttp

#: The platform waits this long for an answer.
ANSWER_WITHIN_S = 5.0
OK = 200
NO_ANSWER = 0


def signature(raw: bytes, *, app_secret: str) -> str:
    """Return the value of `X-Hub-Signature-256` for a body."""
    return "sha256=" + hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()


class Postman:
    """Carries events to the one webhook address of the app."""

    def __init__(self, *, app_secret: str, verify_token: str, webhook_url: str) -> None:
        self.app_secret = app_secret
        self.webhook_url = webhook_url
        #: Pauses between the attempts for one event.
        self.retry_delays_s: tuple[float, ...] = (0.1, 0.3, 1.0, 2.0, 4.0)
        self.verify_token = verify_token
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Get ready to post."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
        # The platform calls from many machines: the number of calls at once is not bounded here.
        connector = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(timeout=timeout, connector=connector)

    async def close(self) -> None:
        """Give up what is still to be posted."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that nobody waits for; it ends with `close`."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def post(self, raw: bytes, *, signed_as: str | None = None) -> int:
        """Post a body once and return the status; 0 when no answer came.

        Args:
            raw: The body, sent as it is.
            signed_as: A signature to send instead of the right one.
        """
        header = signed_as or signature(raw, app_secret=self.app_secret)
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": header}
        try:
            async with self._opened.post(self.webhook_url, data=raw, headers=headers) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return NO_ANSWER

    async def deliver(self, raw: bytes) -> tuple[int, int]:
        """Post until the answer is 200, a few times at most; return status and attempts."""
        status = await self.post(raw)
        attempts = 1
        for delay_s in self.retry_delays_s:
            if status == OK:
                break
            await asyncio.sleep(delay_s)
            status = await self.post(raw)
            attempts += 1
        return status, attempts

    async def verify(self, *, challenge: str = "1158201444") -> bool:
        """Do the handshake that follows when the address is entered in the app's settings."""
        return not await self.trouble_with(self.webhook_url, self.verify_token, challenge)

    async def trouble_with(self, url: str, verify_token: str, challenge: str = "1158201444") -> str:
        """Do the handshake with an address; return what went wrong, empty where nothing did."""
        query = {
            "hub.mode": "subscribe",
            "hub.verify_token": verify_token,
            "hub.challenge": challenge,
        }
        try:
            async with self._opened.get(url, params=query) as answer:
                if answer.status != OK:
                    return f"HTTP Status Code = {answer.status}; HTTP Message = {answer.reason}"
                return "" if await answer.text() == challenge else "response does not match"
        except (aiohttp.ClientError, TimeoutError):
            return "curl_errno = 7"

    @property
    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            message = "the simulator was not started"
            raise RuntimeError(message)
        return self._session
