"""A delivery becomes messages or a mail, in its person's language, with the ways out added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec

from bot.broadcasts.content import Content, from_kept, uses_name
from bot.outbound.doubt import RESENDS
from bot.outbound.render import render
from bot.settings import Settings
from flows.broadcasts import framed, mailed, ways_out
from flows.kit.reply import Button, Reply
from flows.notices import mail_subject
from storage import Kind, NewMessage, PersonId, Store, Transaction
from storage.broadcasts.records import Broadcast, DeliveryId, DueDelivery
from storage.links import UNSUBSCRIBE_MS
from storage.mails import Letter, NewMail

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Made:
    """What a portion of deliveries became; who is in `keyless` can't be written to."""

    messages: list[NewMessage]
    mails: list[NewMail]
    keyless: list[DueDelivery]
    #: Those who no longer have an address that is proven to be theirs.
    without_address: list[DueDelivery]


class Printer:
    """Makes the messages of a broadcast."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._titles = {
            one.id: {
                code: text.title for code, text in one.in_languages(settings.languages).items()
            }
            for one in settings.purposes
        }
        self._controllers = {
            page.id: settings.controller.name or page.name for page in settings.pages
        }

    def controller(self, page_id: str) -> str:
        """Return who answers for what a Page sends."""
        return self._controllers[page_id]

    def title(self, purpose_id: str, language: str) -> str:
        """Return what a purpose is called."""
        return self._titles[purpose_id][language]

    async def make(
        self,
        tx: Transaction,
        broadcast: Broadcast,
        due: Sequence[DueDelivery],
        *,
        now_ms: int,
        quiet_from_ms: Mapping[DeliveryId, int] = MappingProxyType({}),
    ) -> Made:
        """Make what deliveries need to leave, with a link of its person's own in each.

        Args:
            tx: The transaction.
            broadcast: What is sent.
            due: To whom.
            now_ms: The present time.
            quiet_from_ms: By when it has to have begun to leave, of those who did not ask for it.
        """
        content = from_kept(broadcast.what.content)
        people = [one.person_id for one in due]
        keys = await self._store.keyring.find(people)
        tokens = await self._store.links.make_lasting(
            tx,
            {person: keys[person] for person in people if person in keys},
            "unsubscribe",
            about=broadcast.what.purpose_id,
            now_ms=now_ms,
            expires_at_ms=now_ms + UNSUBSCRIBE_MS,
        )
        made = Made([], [], [], [])
        for one in due:
            key = keys.get(one.person_id)
            if key is None:
                made.keyless.append(one)
                continue
            url = f"{self._settings.server.public_url}/unsubscribe/{tokens[one.person_id]}"
            name = await self._name(tx, one.person_id, key) if uses_name(content) else None
            quiet_ms = quiet_from_ms.get(one.delivery_id, one.expires_at_ms)
            until_ms = min(one.expires_at_ms, quiet_ms)
            if one.lane == "email":
                address = await self._store.details.verified_email(tx, one.person_id, key)
                if address is None:
                    made.without_address.append(one)
                    continue
                letter = self._letter(broadcast, content, one, name, url, to=address)
                made.mails.append(_mail(one, key, letter, now_ms, until_ms))
            else:
                replies = self.parts(broadcast, content, one.language, name=name, url=url)
                made.messages.extend(_messages(broadcast, one, key, replies, now_ms, until_ms))
        return made

    def parts(
        self,
        broadcast: Broadcast,
        content: Content,
        language: str | None,
        *,
        name: str | None,
        url: str,
    ) -> list[bytes]:
        """Return the messages that one person gets: a picture first, the text last."""
        spoken = self._spoken(language)
        default = self._settings.languages.default
        own: tuple[Button, ...] = ()
        if content.link is not None:
            titles = content.link.titles
            own = (Button(titles.get(spoken) or titles[default], url=content.link.url),)
        text = framed(
            spoken,
            content.text(spoken, default, name=name),
            controller=self.controller(broadcast.what.page_id),
            title=self.title(broadcast.what.purpose_id, spoken),
        )
        told = render(Reply(text, buttons=(*own, *ways_out(spoken, url))))
        return [*_picture(content, broadcast.picture_id), told]

    def _letter(
        self,
        broadcast: Broadcast,
        content: Content,
        one: DueDelivery,
        name: str | None,
        url: str,
        *,
        to: str,
    ) -> Letter:
        spoken = self._spoken(one.language)
        controller = self.controller(broadcast.what.page_id)
        text = content.text(spoken, self._settings.languages.default, name=name)
        if content.link is not None:
            text = f"{text}\n\n{content.link.url}"
        title = self.title(broadcast.what.purpose_id, spoken)
        return Letter(
            to=to,
            subject=mail_subject(spoken, controller),
            text=mailed(spoken, text, controller=controller, title=title, url=url),
            unsubscribe_url=url,
        )

    async def _name(self, tx: Transaction, person: PersonId, key: bytes) -> str | None:
        given = (await self._store.details.of(tx, person, key)).get("name")
        return given.value if given else None

    def _spoken(self, language: str | None) -> str:
        languages = self._settings.languages
        return language if language in languages.offered else languages.default


def _messages(
    broadcast: Broadcast,
    one: DueDelivery,
    key: bytes,
    parts: Sequence[bytes],
    now_ms: int,
    until_ms: int,
) -> list[NewMessage]:
    kind: Kind = "broadcast" if broadcast.what.kind == "marketing" else "service"
    return [
        NewMessage(
            person_id=one.person_id,
            page_id=one.page_id,
            key=key,
            body=body,
            kind=kind,
            due_at_ms=now_ms,
            # Once the first part has left, the others follow, whatever the hour.
            expires_at_ms=one.expires_at_ms if place else until_ms,
            resends_left=RESENDS[kind],
            purpose_id=broadcast.what.purpose_id,
            delivery_id=one.delivery_id,
            counts=place == len(parts) - 1,
        )
        for place, body in enumerate(parts)
    ]


def _mail(one: DueDelivery, key: bytes, letter: Letter, now_ms: int, until_ms: int) -> NewMail:
    return NewMail(
        person_id=one.person_id,
        key=key,
        letter=letter,
        due_at_ms=now_ms,
        expires_at_ms=until_ms,
        delivery_id=one.delivery_id,
    )


def _picture(content: Content, picture_id: str | None) -> list[bytes]:
    if not content.picture_url:
        return []
    named: Mapping[str, Any] = (
        {"attachment_id": picture_id} if picture_id else {"url": content.picture_url}
    )
    return [_encode({"attachment": {"type": "image", "payload": named}})]
