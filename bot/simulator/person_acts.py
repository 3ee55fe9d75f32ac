"""What a person does in Messenger: each act becomes the events that the platform would post."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.simulator import wire_event
from bot.simulator.people import Person
from bot.simulator.values import Attachment, Author, Button, Message, Posted, QuickReply
from bot.simulator.wire_event import new_mid
from bot.simulator.world import World

#: What the people of the simulator send when they send a picture, a file, a sticker …
SAMPLES = {
    "image": ("photo.jpg", "image/jpeg"),
    "audio": ("voice-message.mp4", "audio/mp4"),
    "video": ("film.mp4", "video/mp4"),
    "file": ("letter.pdf", "application/pdf"),
    "sticker": ("sticker.png", "image/png"),
    "location": ("a place on the map", ""),
}
STICKER_ID = 369239263222822
ATTACHMENT_HOST = "https://cdn.example"


class PersonActs(World):
    """The hands of the simulated people."""

    def add_person(
        self, page_id: str | None = None, name: str | None = None, *, locale: str = "default"
    ) -> str:
        """Bring in somebody who never wrote to the Page, and return their id.

        Args:
            page_id: Which Page they will write to; the first one unless told.
            name: What the chat page calls them.
            locale: The language of their Messenger, such as `de_DE`.
        """
        chosen = page_id or next(iter(self.pages))
        if chosen not in self.pages:
            raise LookupError(f"no Page has the id {chosen}")
        person = self.people.add(page_id=chosen, name=name, locale=locale)
        self.publish("person", psid=person.psid)
        return person.psid

    async def say(self, psid: str, text: str) -> Posted:
        """Type a text."""
        person = self.people.get(psid)
        content: dict[str, Any] = {"mid": new_mid(), "text": text}
        if command := self._command_in(person, text):
            content["commands"] = [{"name": command}]
        return await self._write(person, content, Message(**self._stamp(content), text=text))

    async def tap(self, psid: str, title_or_payload: str) -> Posted:
        """Tap a quick reply under the newest message, or the newest button of that name.

        Raises:
            LookupError: Nothing of that name is there to tap; the text lists what is.
        """
        person = self.people.get(psid)
        choices: list[QuickReply | Button] = [*_quick_replies(person), *_buttons(person)]
        for choice in choices:
            if title_or_payload not in (choice.title, choice.payload):
                continue
            if isinstance(choice, QuickReply):
                return await self._tap_quick_reply(person, choice)
            if choice.payload is not None:
                return await self._postback(person, choice.title, choice.payload)
        titles = [choice.title for choice in choices if choice.payload is not None]
        raise LookupError(f"there is no {title_or_payload!r} to tap, only {titles}")

    async def send_attachment(self, psid: str, kind: str) -> Posted:
        """Send a picture, file, sticker, sound, film or place; see SAMPLES for the kinds."""
        person = self.people.get(psid)
        name, content_type = SAMPLES[kind]
        url = f"{ATTACHMENT_HOST}/{name}"
        shown = Attachment(kind=kind, name=name, content_type=content_type, url=url)
        payload: dict[str, Any] = {"url": url}
        if kind == "sticker":
            payload["sticker_id"] = STICKER_ID
        if kind == "location":
            payload = {"coordinates": {"lat": 52.5, "long": 13.4}}
        content = {"mid": new_mid(), "attachments": [{"type": kind, "payload": payload}]}
        return await self._write(person, content, Message(**self._stamp(content), attachment=shown))

    async def send_file(self, psid: str, name: str, file: bytes) -> Posted:
        """Send a file of one's own, such as one that the bot sent before."""
        person = self.people.get(psid)
        mid = new_mid()
        url = f"{self.files_url}/{psid}/{mid}"
        shown = Attachment(kind="file", name=name, content_type="text/html", content=file, url=url)
        content = {"mid": mid, "attachments": [{"type": "file", "payload": {"url": url}}]}
        return await self._write(person, content, Message(**self._stamp(content), attachment=shown))

    async def get_started(self, psid: str, ref: str | None = None) -> Posted:
        """Tap "Get started", perhaps after an m.me link that carries `ref`."""
        person = self.people.get(psid)
        started = self.pages[person.page_id].profile.everything().get("get_started", {})
        payload = started.get("payload", "GET_STARTED")
        return await self._postback(person, "Get started", payload, ref=ref)

    async def ice_breaker(self, psid: str, index: int) -> Posted:
        """Tap one of the questions that are offered before the first contact, from 0."""
        person = self.people.get(psid)
        entry = self.entries(person, "ice_breakers")[index]
        return await self._postback(person, entry["question"], entry["payload"])

    async def menu(self, psid: str, index: int) -> Posted:
        """Tap an item of the persistent menu, from 0; it must be a postback."""
        person = self.people.get(psid)
        entry = self.entries(person, "persistent_menu")[index]
        return await self._postback(person, entry["title"], entry["payload"])

    async def react(self, psid: str, mid: str, *, emoji: str = "\u2764\ufe0f") -> Posted:
        """Put a heart, or another emoji, on a message."""
        reaction = {"reaction": "love", "emoji": emoji, "action": "react", "mid": mid}
        return await self.tell(self.people.get(psid), reaction=reaction)

    async def arrive(self, psid: str, ref: str) -> Posted:
        """Follow an m.me link that carries `ref`: into the open thread, or to Get started."""
        person = self.people.get(psid)
        if person.window_until_ms is None:
            return await self.get_started(psid, ref)
        return await self.tell(person, referral=_referral(ref))

    def block(self, psid: str) -> None:
        """Block the Page."""
        self._set_blocking(psid, is_blocking=True)

    def unblock(self, psid: str) -> None:
        """Take the Page back."""
        self._set_blocking(psid, is_blocking=False)

    def thread(self, psid: str) -> list[Message]:
        """Return the messages of a thread, oldest first; the last 500 at most."""
        return list(self.people.get(psid).thread)

    def entries(self, person: Person, name: str) -> list[Mapping[str, Any]]:
        """Return the ice breakers or menu items that a person sees, in their language."""
        profile = self.pages[person.page_id].profile
        entries: list[Mapping[str, Any]] = profile.for_locale(name, person.locale).get(
            "call_to_actions", []
        )
        return entries

    def _set_blocking(self, psid: str, *, is_blocking: bool) -> None:
        self.people.get(psid).is_blocking = is_blocking
        self.publish("person", psid=psid)

    def _stamp(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"mid": content["mid"], "at_ms": self.clock.now_ms(), "author": Author.PERSON}

    async def _write(self, person: Person, content: dict[str, Any], shown: Message) -> Posted:
        self.show(person, shown)
        return await self.tell(person, message=content)

    async def _tap_quick_reply(self, person: Person, choice: QuickReply) -> Posted:
        quick_reply = {"payload": choice.payload}
        content = {"mid": new_mid(), "text": choice.title, "quick_reply": quick_reply}
        shown = Message(**self._stamp(content), text=choice.title, payload=choice.payload)
        return await self._write(person, content, shown)

    async def _postback(
        self, person: Person, title: str, payload: str, *, ref: str | None = None
    ) -> Posted:
        content: dict[str, Any] = {"mid": new_mid(), "title": title, "payload": payload}
        if ref is not None:
            content["referral"] = _referral(ref)
        self.show(person, Message(**self._stamp(content), text=title, payload=payload))
        return await self.tell(person, postback=content)

    def _command_in(self, person: Person, text: str) -> str | None:
        words = text.split(maxsplit=1)
        if not words or not words[0].startswith("/"):
            return None
        profile = self.pages[person.page_id].profile
        commands = profile.for_locale("commands", person.locale).get("commands", [])
        name = words[0].removeprefix("/")
        return name if name in {command["name"] for command in commands} else None


def _referral(ref: str) -> wire_event.Event:
    return {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}


def _quick_replies(person: Person) -> tuple[QuickReply, ...]:
    return person.thread[-1].quick_replies if person.thread else ()


def _buttons(person: Person) -> Iterator[Button]:
    for message in reversed(person.thread):
        yield from message.buttons
        for card in message.cards:
            yield from card.buttons
