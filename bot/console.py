"""One person's chat with the bot, in a terminal or through a pipe."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.simulator import Message, Simulator
from storage import Store

QUIT: Final = "/quit"
#: The bot has this long to say everything it has to say to one message, in seconds.
ANSWER_WITHIN_S: Final = 30.0
_LOOK_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be picked by its number."""

    title: str
    pick: Callable[[], Awaitable[Any]]


class Console:
    """Shows bubbles and buttons; a number picks a button, anything else is typed."""

    def __init__(self, simulator: Simulator, store: Store, *, say: Callable[[str], None]) -> None:
        self._simulator = simulator
        self._store = store
        self._say = say
        self._psid = simulator.add_person()
        self._shown = 0
        self._choices: list[Choice] = []

    async def run(self, lines: AsyncIterator[str], *, is_echoed: bool) -> None:
        """Chat until the lines end, or until /quit.

        Args:
            lines: What the person writes.
            is_echoed: Repeat each line, where no terminal has shown it.
        """
        self._welcome()
        async for line in lines:
            if is_echoed:
                self._say(f"> {line}")
            if line == QUIT:
                return
            if line:
                await self._act(line)
                await _until_quiet(self._store)
                self._show_new()

    def _welcome(self) -> None:
        person = self._simulator.people.get(self._psid)
        page = self._simulator.pages[person.page_id]
        self._say(f"You are in Messenger, writing to {page.page.name}. {QUIT} ends the chat.")
        greeting = page.profile.for_locale("greeting", person.locale).get("text")
        if greeting:
            self._say(str(greeting))
        questions = self._simulator.entries(person, "ice_breakers")
        self._offer([Choice(q["question"], self._asker(i)) for i, q in enumerate(questions)])

    def _asker(self, index: int) -> Callable[[], Awaitable[Any]]:
        return lambda: self._simulator.ice_breaker(self._psid, index)

    def _tapper(self, payload: str) -> Callable[[], Awaitable[Any]]:
        return lambda: self._simulator.tap(self._psid, payload)

    async def _act(self, line: str) -> None:
        if line.isdecimal() and 1 <= int(line) <= len(self._choices):
            choice = self._choices[int(line) - 1]
            self._say(f"You tap [{choice.title}]")
            await choice.pick()
        else:
            await self._simulator.say(self._psid, line)

    def _show_new(self) -> None:
        new = self._simulator.thread(self._psid)[self._shown :]
        self._shown += len(new)
        bubbles = [message for message in new if message.from_page]
        for bubble in bubbles:
            self._say(f"Bot: {bubble.text}")
        if bubbles:
            self._offer([choice for bubble in bubbles for choice in self._choices_of(bubble)])
        else:
            self._say("(no answer)")

    def _choices_of(self, bubble: Message) -> list[Choice]:
        for button in bubble.buttons:
            if button.url:
                self._say(f"     [{button.title}] {button.url}")
        buttons = [(b.title, b.payload) for b in bubble.buttons if b.payload]
        offered = [*buttons, *((q.title, q.payload) for q in bubble.quick_replies)]
        return [Choice(title, self._tapper(payload)) for title, payload in offered]

    def _offer(self, choices: list[Choice]) -> None:
        self._choices = choices
        for number, choice in enumerate(choices, start=1):
            self._say(f"  {number}  [{choice.title}]")


async def lines_of(descriptor: int) -> AsyncIterator[str]:
    """Read lines of text until they end, or until Ctrl-C.

    A thread reads them, because a terminal, a pipe and a file cannot be awaited alike.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop.add_signal_handler(signal.SIGINT, lines.put_nowait, None)
    threading.Thread(target=_read, args=(descriptor, loop, lines), daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line


def _read(
    descriptor: int, loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str | None]
) -> None:
    # Unbuffered: a buffer's lock, held by this thread, would not let the process end.
    with open(descriptor, "rb", buffering=0, closefd=False) as file:
        for line in file:
            if loop.is_closed():
                return
            text = line.decode(errors="replace").strip()
            loop.call_soon_threadsafe(lines.put_nowait, text)
    if not loop.is_closed():
        loop.call_soon_threadsafe(lines.put_nowait, None)


async def _until_quiet(store: Store) -> None:
    """Wait until nothing waits to be handled or sent."""
    async with asyncio.timeout(ANSWER_WITHIN_S):
        while not await _is_quiet(store):  # noqa: ASYNC110 - the queues are in a database
            await asyncio.sleep(_LOOK_S)


async def _is_quiet(store: Store) -> bool:
    async with store.read() as tx:
        inbox = await store.inbox.backlog(tx)
        outbox = await store.outbox.backlog(tx)
        return not (inbox.count or outbox.count or await store.outbox.list_owners(tx))
