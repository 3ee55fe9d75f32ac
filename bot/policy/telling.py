"""Tells people of a new version of the notice: in the open chat or by e-mail, never at night.

Everybody else hears of it when they next write, after the answer to that.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.clock import Clock
from bot.outbound.doubt import RESENDS
from bot.outbound.lanes import lane_for
from bot.outbound.notices import MAIL_LASTS_MS
from bot.outbound.render import render
from bot.policy.terms import Terms
from bot.turns.snapshot import consent_states
from bot.turns.state import from_bytes
from flows import notices, policy_news
from flows.kit.person import PolicyNews
from storage import ConsentStatus, KnownPerson, NewMessage, PersonId, Store, Transaction
from storage.mails import Letter, NewMail
from storage.policy_tellings import Telling, new_telling

#: So many people are looked through in one read, and so many told in one transaction.
_ROWS: Final = 1_000
_AT_ONCE: Final = 50
#: After a pass over everybody the next begins so much later: it finds whom a night has spared.
_REST_MS: Final = 300_000
#: A window that was open then is closed by now, nights included; the rest is told at contact.
_LASTS_MS: Final = 3 * 86_400_000
_NIGHT_ENDS_H: Final = 8
_NIGHT_BEGINS_H: Final = 21


def is_night(at: datetime, zone: tzinfo) -> bool:
    """Tell whether nothing unasked may arrive somewhere at that moment."""
    hour = at.astimezone(zone).hour
    return hour < _NIGHT_ENDS_H or hour >= _NIGHT_BEGINS_H


class PolicyTeller:
    """Goes through everybody, some at a time, and tells whom it may."""

    def __init__(self, store: Store, clock: Clock, terms: Terms) -> None:
        self._store = store
        self._clock = clock
        self._terms = terms
        self._after = b""
        self._newest = 0
        self._next_pass_ms = 0

    async def tell_some(self) -> int:
        """Look through some people and put on their way what they are to be told."""
        newest, now_ms = self._terms.newest, self._clock.now_ms()
        if newest <= 1:
            return 0
        if newest != self._newest:
            self._newest, self._after, self._next_pass_ms = newest, b"", 0
        is_over = now_ms > self._terms.published_at_ms + _LASTS_MS
        if is_over or now_ms < self._next_pass_ms:
            return 0
        async with self._store.read(is_quick=True) as tx:
            found, after = await self._store.policy_tellings.scan(
                tx, newest=newest, now_ms=now_ms, after=self._after, rows=_ROWS
            )
        told = 0
        for start in range(0, len(found), _AT_ONCE):
            told += await self._tell(dict(found[start : start + _AT_ONCE]), now_ms)
        self._after = after or b""
        if after is None:
            self._next_pass_ms = now_ms + _REST_MS
        return told

    async def _tell(self, knows: Mapping[PersonId, int], now_ms: int) -> int:
        told = 0
        async with self._store.write(is_quick=True) as tx:
            standing = await self._store.consents.find(tx, knows)
            for person_id in sorted(knows):
                person = await self._store.people.get(tx, person_id)
                if person is not None:
                    news = self._terms.news_since(knows[person_id])
                    told += await self._tell_one(tx, person, standing[person_id], news, now_ms)
        return told

    async def _tell_one(
        self,
        tx: Transaction,
        person: KnownPerson,
        standing: Mapping[str, ConsentStatus],
        news: PolicyNews,
        now_ms: int,
    ) -> bool:
        store, site = self._store, self._terms.sites.get(person.page_id)
        if site is None or not person.key:
            return False
        email = await store.details.verified_email(tx, person.person_id, person.key)
        has_mail = site.has_mail and email is not None
        lane = lane_for(person, standing, is_asked_for=False, has_mail=has_mail, now_ms=now_ms)
        if lane.way not in ("window", "email"):
            return False
        if lane.way == "window" and from_bytes(person.state).position is not None:
            # They are being asked something, or look at their data: a later pass finds them again.
            return False
        if is_night(self._clock.now(), await self._zone_of(tx, person)):
            return False
        telling = new_telling(person.person_id, news.number, lane.way)
        if not await store.policy_tellings.begin(tx, telling):
            return False
        language = person.language or site.default_language
        states, now = consent_states(standing), datetime.fromtimestamp(now_ms / 1000, UTC)
        if lane.way == "window":
            said = policy_news.reply(site, language, news, states, now)
            await store.outbox.add(tx, [_message(person, render(said), telling, now_ms)])
        elif email is not None:
            text = policy_news.mail_text(site, language, news, states, now)
            letter = Letter(
                to=email,
                subject=notices.mail_subject(language, site.controller_name),
                text=notices.mail_text(language, site.controller_name, text),
            )
            await store.mails.add(tx, _mail(person, letter, telling, now_ms))
        return True

    async def _zone_of(self, tx: Transaction, person: KnownPerson) -> tzinfo:
        """Return where a person lives by what they gave, else the Page's own time."""
        given = await self._store.details.of(tx, person.person_id, person.key)
        names = [given["time_zone"].value] if "time_zone" in given else []
        for name in (*names, self._terms.time_zone_of(person.page_id)):
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                continue
        return UTC


def _message(person: KnownPerson, body: bytes, telling: Telling, now_ms: int) -> NewMessage:
    return NewMessage(
        person_id=person.person_id,
        page_id=person.page_id,
        key=person.key,
        body=body,
        kind="notice",
        due_at_ms=now_ms,
        expires_at_ms=person.window_ends_at_ms,
        resends_left=RESENDS["notice"],
        access_id=telling.telling_id,
    )


def _mail(person: KnownPerson, letter: Letter, telling: Telling, now_ms: int) -> NewMail:
    return NewMail(
        person_id=person.person_id,
        key=person.key,
        letter=letter,
        due_at_ms=now_ms,
        expires_at_ms=now_ms + MAIL_LASTS_MS,
        access_id=telling.telling_id,
    )
