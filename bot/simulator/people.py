"""The simulated people: their thread with a Page, and what the platform remembers of them."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterator

from bot.simulator.values import Author, Message

WINDOW_MS = 24 * 60 * 60 * 1000
MAX_THREAD_MESSAGES = 500

Until = int | Callable[[tuple[Message, ...]], bool]


class Person:
    """One human who chats with one Page."""

    def __init__(self, psid: str, *, page_id: str, name: str, locale: str) -> None:
        self.psid = psid
        self.page_id = page_id
        self.name = name
        self.locale = locale
        self.thread: deque[Message] = deque(maxlen=MAX_THREAD_MESSAGES)
        self.bot_message_count = 0
        #: None before the first contact.
        self.window_until_ms: int | None = None
        #: The app that holds the thread; None while it is idle.
        self.owner_app_id: str | None = None
        self.is_blocking = False
        #: Events of a person are posted one after the other, as they were done.
        self.acts_in_turn = asyncio.Lock()
        self.receipts_in_turn = asyncio.Lock()
        self._waiting: list[tuple[Until, asyncio.Future[None]]] = []

    def open_window(self, at_ms: int) -> None:
        """Let the Page write for 24 hours after this act."""
        self.window_until_ms = max(self.window_until_ms or 0, at_ms + WINDOW_MS)

    def is_window_open(self, now_ms: int) -> bool:
        """Whether the Page may write now."""
        return self.window_until_ms is not None and now_ms < self.window_until_ms

    def add(self, message: Message) -> None:
        """Show a message in the thread, and wake those who wait for it."""
        self.thread.append(message)
        self.bot_message_count += message.author is Author.BOT
        for until, future in self._waiting:
            if not future.done() and self._is_met(until):
                future.set_result(None)

    async def wait_for(self, until: Until) -> None:
        """Wait until so many messages of the bot came, or until the thread fits."""
        if self._is_met(until):
            return
        entry = (until, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        try:
            await entry[1]
        finally:
            self._waiting.remove(entry)

    def _is_met(self, until: Until) -> bool:
        if isinstance(until, int):
            return self.bot_message_count >= until
        return until(tuple(self.thread))


class People:
    """Everybody in the simulator, by page-scoped id."""

    def __init__(self) -> None:
        self._by_psid: dict[str, Person] = {}
        self._counts: dict[str, int] = {}

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_psid.values())

    def add(self, *, page_id: str, name: str | None = None, locale: str = "default") -> Person:
        """Make a person known, with a fresh id of 16 or 17 digits."""
        number = self._counts[page_id] = self._counts.get(page_id, 0) + 1
        psid = str(10**15 + secrets.randbelow(9 * 10**16))
        person = Person(psid, page_id=page_id, name=name or f"Person {number}", locale=locale)
        self._by_psid[psid] = person
        return person

    def get(self, psid: str) -> Person:
        """Return a person, or raise KeyError."""
        return self._by_psid[psid]

    def find(self, psid: str) -> Person | None:
        """Return a person, or None."""
        return self._by_psid.get(psid)
