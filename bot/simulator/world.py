"""What the simulator knows: Pages, people, their threads; and how events leave it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.clock import Clock
from bot.simulator import wire_event
from bot.simulator.allowance import Allowance
from bot.simulator.faults import Echo, Faults
from bot.simulator.people import People, Person, Until
from bot.simulator.postman import Postman
from bot.simulator.profile import Profile
from bot.simulator.values import Login, Message, Posted, Sent, SimulatedPage
from bot.simulator.wire_event import Event

if TYPE_CHECKING:
    from bot.simulator.graph_error import Refusal

MAX_RECEIVED = 200_000

Listener = Callable[[str, Mapping[str, Any]], None]
#: Returns what to type to become the owner as `type`, or else the digits of now as `digits`.
Authenticator = Callable[[], Awaitable[Mapping[str, str]]]


class PageState:
    """A Page and what the platform keeps for it."""

    def __init__(self, page: SimulatedPage) -> None:
        self.page = page
        self.profile = Profile()
        self.allowance = Allowance()
        self.fields: frozenset[str] = wire_event.ALL_FIELDS
        self.is_token_revoked = False
        #: Whether people answer in the Page's inbox, so that threads can be passed to it.
        self.has_inbox = True
        #: When its token ends; 0 where it lasts.
        self.token_ends_at_ms = 0
        #: Share of its allowance that the usage header tells, in percent; 0 sends no header.
        self.usage_percent = 0


@dataclass(slots=True)
class Receipts:
    """Which receipts follow an accepted send."""

    echoes: bool = True
    deliveries: bool = True


class World:
    """The state behind the Graph double, the chat page and the controls."""

    def __init__(
        self, clock: Clock, *, pages: Sequence[SimulatedPage], app_id: str, postman: Postman
    ) -> None:
        self.clock = clock
        self.app_id = app_id
        self.pages = {page.id: PageState(page) for page in pages}
        #: What the app is subscribed to; a Page posts what both of them name.
        self.app_fields: frozenset[str] = wire_event.ALL_FIELDS
        #: Accounts that gave the app a token, by that token.
        self.logins: dict[str, Login] = {}
        #: Edges of the Graph API that refuse every change, and with what.
        self.refused: dict[str, Refusal] = {}
        self.people = People()
        self.postman = postman
        self.faults = Faults()
        #: Whom the bot took off Meta's marketing messages, in order.
        self.unsubscribed: list[str] = []
        #: What goes wrong with those calls.
        self.unsubscribe_faults = Faults()
        self.receipts = Receipts()
        #: Every accepted send, in order; the oldest fall out beyond 200,000.
        self.received: deque[Sent] = deque(maxlen=MAX_RECEIVED)
        #: How many sends the simulator was asked for, refused ones included.
        self.calls = 0
        #: The addresses of pictures that were uploaded to be used again.
        self.uploads: list[str] = []
        self.listeners: set[Listener] = set()
        #: What the page shows of an admin's authenticator app: the demo has one.
        self.authenticator: Authenticator | None = None
        #: Where files that were sent can be fetched; known once the simulator listens.
        self.files_url = ""

    def publish(self, kind: str, **facts: object) -> None:
        """Tell the open chat pages that something changed."""
        for listener in tuple(self.listeners):
            listener(kind, facts)

    def show(self, person: Person, message: Message) -> None:
        """Add a message to a person's thread."""
        person.add(message)
        if self.listeners:
            self.publish("message", psid=person.psid, message=message)

    async def wait_for(
        self, until: Until, psid: str, *, timeout_s: float = 15
    ) -> tuple[Message, ...]:
        """Wait for so many messages of the bot, or until a rule about the thread holds.

        Raises:
            TimeoutError: It did not happen; the text says how far the thread got.
        """
        person = self.people.get(psid)
        try:
            await asyncio.wait_for(person.wait_for(until), timeout_s)
        except TimeoutError:
            shown = [f"{message.author}: {message.text}" for message in person.thread]
            raise TimeoutError(f"not within {timeout_s} s; the thread is {shown}") from None
        return tuple(person.thread)

    async def tell(self, person: Person, **content: Any) -> Posted:
        """Post an event that a person caused, after the earlier ones of that person."""
        event = wire_event.from_person(person, at_ms=self.clock.now_ms(), **content)
        if wire_event.opens_window(event):
            person.open_window(event["timestamp"])
            self.publish("person", psid=person.psid)
        async with person.acts_in_turn:
            return await self.carry(person, event)

    async def carry(self, person: Person, event: Event) -> Posted:
        """Post an event in the channel that fits who holds the thread, if it is subscribed to."""
        fields = self.pages[person.page_id].fields & self.app_fields
        is_standby = self.is_held_elsewhere(person)
        mid = _mid_of(event)
        if (wire_event.field_of(event) not in fields) or (is_standby and "standby" not in fields):
            return Posted(mid=mid, status=0, attempts=0)
        if is_standby:
            event = wire_event.for_standby(event)
        raw = wire_event.body(
            person.page_id, [event], time_ms=self.clock.now_ms(), is_standby=is_standby
        )
        status, attempts = await self.postman.deliver(raw)
        self.publish("webhook", psid=person.psid, mid=mid, status=status)
        return Posted(mid=mid, status=status, attempts=attempts)

    def is_held_elsewhere(self, person: Person) -> bool:
        """Whether another app, such as the Page inbox, holds the thread."""
        return person.owner_app_id is not None

    def confirm(self, person: Person, message: Message, *, app_id: str, when: Echo) -> None:
        """Post echo and delivery receipt of a message that the Page sent."""
        if when is Echo.NEVER:
            return
        if self.receipts.echoes or self.receipts.deliveries:
            self.postman.in_background(self._confirm(person, message, app_id=app_id, when=when))

    async def _confirm(self, person: Person, message: Message, *, app_id: str, when: Echo) -> None:
        if when is Echo.LATE:
            await self.faults.wait_for_release()
        async with person.receipts_in_turn:
            if self.receipts.echoes:
                await self.carry(person, wire_event.echo(person, message, app_id=app_id))
            if self.receipts.deliveries:
                await self.carry(person, wire_event.delivery(person, message))


def _mid_of(event: Event) -> str:
    for content in event.values():
        if isinstance(content, dict) and "mid" in content:
            return str(content["mid"])
    return ""
