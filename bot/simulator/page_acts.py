"""What happens on the Page's side, outside the bot: its inbox, its token, raw deliveries."""

from collections.abc import Sequence
from dataclasses import replace

from bot.simulator import wire_event
from bot.simulator.values import Author, Message, Posted
from bot.simulator.wire_event import INBOX_APP_ID, Event, new_mid
from bot.simulator.world import World


class PageActs(World):
    """The hands of the people who run the Page, and of the platform itself."""

    async def page_inbox_says(self, psid: str, text: str) -> None:
        """Answer as a human in the Page inbox; the bot hears of it by an echo."""
        person = self.people.get(psid)
        message = Message(mid=new_mid(), at_ms=self.clock.now_ms(), author=Author.INBOX, text=text)
        self.show(person, message)
        async with person.receipts_in_turn:
            await self.carry(person, wire_event.echo(person, message, app_id=INBOX_APP_ID))

    async def hand_over(self, psid: str) -> Posted:
        """Let the Page inbox take the thread: from now on events come in standby."""
        return await self._give(psid, kind="take_thread_control", owner=INBOX_APP_ID)

    async def hand_back(self, psid: str) -> Posted:
        """Let the Page inbox pass the thread to the bot."""
        return await self._give(psid, kind="pass_thread_control", owner=None)

    async def _give(self, psid: str, *, kind: str, owner: str | None) -> Posted:
        person = self.people.get(psid)
        event = wire_event.control(
            person,
            kind=kind,
            at_ms=self.clock.now_ms(),
            previous=INBOX_APP_ID if owner is None else self.app_id,
            new=owner or self.app_id,
        )
        # Both events go to the app as one that holds the thread: it must hear of the change.
        person.owner_app_id = None
        async with person.acts_in_turn:
            posted = await self.carry(person, event)
        person.owner_app_id = owner
        self.publish("person", psid=psid)
        return posted

    def revoke_token(self, page_id: str) -> None:
        """Make every call with the Page's token fail with 190/460, until `restore_token`."""
        self.pages[page_id].is_token_revoked = True

    def restore_token(self, page_id: str) -> None:
        """Let the Page's token work again."""
        self.pages[page_id].is_token_revoked = False

    def change_token(self, page_id: str, token: str) -> None:
        """Let this token of a Page work, and the one before no more."""
        state = self.pages[page_id]
        state.page = replace(state.page, access_token=token)

    def change_app_secret(self, secret: str) -> None:
        """Sign with this app secret, and take proofs made with no other."""
        self.postman.app_secret = secret

    def text_event(
        self, psid: str, text: str, *, at_ms: int | None = None, mid: str | None = None
    ) -> Event:
        """Return the event of a typed text without posting it, for `post`."""
        message = {"mid": mid or new_mid(), "text": text}
        at_ms = self.clock.now_ms() if at_ms is None else at_ms
        return wire_event.from_person(self.people.get(psid), at_ms=at_ms, message=message)

    def body(
        self,
        events: Sequence[Event],
        *,
        page_id: str | None = None,
        entry_time_ms: int | None = None,
        is_standby: bool = False,
    ) -> bytes:
        """Return the body of one delivery that holds these events, an entry for each."""
        time_ms = self.clock.now_ms() if entry_time_ms is None else entry_time_ms
        chosen = page_id or next(iter(self.pages))
        return wire_event.body(chosen, events, time_ms=time_ms, is_standby=is_standby)

    async def post(
        self,
        events: Sequence[Event],
        *,
        entry_time_ms: int | None = None,
        page_id: str | None = None,
    ) -> int:
        """Post events in one body, once, and return the status (0: no answer).

        The people who caused them get their 24 hours; their threads are left as they are.
        """
        for event in events:
            person = self.people.find(str(event.get("sender", {}).get("id")))
            if person is not None and wire_event.opens_window(event):
                person.open_window(event.get("timestamp", self.clock.now_ms()))
        return await self.postman.post(
            self.body(events, page_id=page_id, entry_time_ms=entry_time_ms)
        )

    async def post_raw(self, raw: bytes, *, signed_as: str | None = None) -> int:
        """Post any bytes as a body, once, and return the status (0: no answer)."""
        return await self.postman.post(raw, signed_as=signed_as)

    async def verify(self) -> bool:
        """Do the GET handshake with the webhook; true when it is answered as it should be."""
        return await self.postman.verify()
