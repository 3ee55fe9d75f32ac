"""A Messenger on this machine: start it, and speak to the bot through it.

simulator = Simulator(clock, pages=[page], app_id="1", app_secret="…", verify_token="…",
                      webhook_url="http://127.0.0.1:8080/webhook")
await simulator.start()           # the bot is configured with `simulator.graph_url`
psid = simulator.add_person()
await simulator.say(psid, "hi")   # a signed webhook; returns how the bot took it
thread = await simulator.wait_for(1, psid)
await simulator.stop()
"""

from collections.abc import Sequence

from aiohttp import web

from bot.clock import Clock
from bot.simulator.chat_page import ChatPage, Stage
from bot.simulator.graph import MAX_BODY_BYTES, Graph
from bot.simulator.postman import Postman
from bot.simulator.values import SimulatedPage

#: Calls that hang on purpose must not hold up the end.
SHUTDOWN_S = 0.5


class Simulator(Stage):
    """A Graph API, a chat page, and the hands of the people in it."""

    def __init__(  # noqa: PLR0913 - it takes what an app and its Pages are configured with
        self,
        clock: Clock,
        *,
        pages: Sequence[SimulatedPage],
        app_id: str,
        app_secret: str,
        verify_token: str,
        webhook_url: str,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        postman = Postman(app_secret=app_secret, verify_token=verify_token, webhook_url=webhook_url)
        super().__init__(clock, pages=pages, app_id=app_id, postman=postman)
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The address of the chat page; it is known once `start` has returned."""
        return f"http://{self._host}:{self._port}"

    @property
    def graph_url(self) -> str:
        """The address that stands in for `https://graph.facebook.com`."""
        return f"{self.url}/graph"

    async def start(self) -> None:
        """Listen, and get ready to post webhooks."""
        await self.postman.open()
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.add_subapp("/graph", Graph(self).make_app())
        ChatPage(self).add_to(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        self.files_url = f"{self.url}/sim/files"

    async def stop(self) -> None:
        """End every connection; what was not posted yet is lost."""
        self.faults.release()
        self.unsubscribe_faults.release()
        self.publish("end")
        await self.postman.close()
        if self._runner is not None:
            await self._runner.cleanup()
