"""/broadcast: written, tried and sent, one command a step; what is written is kept as a draft."""

import re
from dataclasses import dataclass, replace
from typing import Final

from bot.admins.broadcasts import MAX_DIGITS, card, none_such, number_in
from bot.admins.command import Ask, Look, refused
from bot.admins.gate import RULES, Act
from bot.broadcasts import content as contents
from bot.broadcasts import times
from bot.broadcasts.acts import Acts, Draft
from bot.broadcasts.content import Link
from bot.broadcasts.errors import DraftRefused
from bot.broadcasts.occurring import schedule_of
from bot.broadcasts.previews import Previews, asks_for_number, lanes_told
from bot.broadcasts.schedule import Schedule, as_kept_ms
from flows.kit.found import Found
from storage import Transaction
from storage.broadcasts.records import Broadcast

#: Until then it can be taken back as if it had never been confirmed.
COOL_OFF_MS: Final = 120_000
_NEW: Final = re.compile(
    r"""(?P<purpose>\S+)(\s+"(?P<title>[^"]*)"\s*(?P<text>.*)|\s+(?P<bare>.*))?""", re.DOTALL
)
_BUTTON: Final = re.compile(r"(?P<title>.+?)\s+(?P<url>https?://\S+)")
_FIELDS: Final = ("title", "text", "picture", "button", "when", "useful")
#: Of so many, one more or less may have come meanwhile.
_SWAY: Final = 50


@dataclass(frozen=True, slots=True)
class Begin(Look):
    """Asks what it is for."""

    acts: Acts

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """List the purposes: they decide who gets it, and of which class it is."""
        del tx, ask
        languages = self.acts.settings.languages
        rows = tuple(
            {
                "id": one.id,
                "title": one.in_languages(languages)[languages.default].title,
                "class": one.klass,
            }
            for one in self.acts.settings.purposes
        )
        return Found("/broadcast", rows=rows)


@dataclass(frozen=True, slots=True)
class New:
    """Makes a draft of a purpose, a title and a text; asks for what is not there yet."""

    acts: Acts

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say what is missing."""
        del tx
        found = _NEW.fullmatch(ask.rest)
        if found is None:
            return refused("usage", usage=RULES[ask.command].usage)
        purpose = found["purpose"]
        if purpose not in {one.id for one in self.acts.settings.purposes}:
            return refused("broadcast_purpose", name=purpose[:64])
        title = (found["title"] or found["bare"] or "").replace('"', "").strip()
        line = f"/broadcast new {purpose}"
        if not title:
            return Found(f"/{ask.command}", facts={"field": "title", "line": line})
        if not (found["text"] or "").strip():
            line = f'{line} "{" ".join(title.split())}"'
            return Found(f"/{ask.command}", facts={"field": "text", "line": line})
        return Act("draft", content=ask.rest.encode())

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Keep it for the admin's own Page, to be sent at once unless something else is set."""
        del act
        found = _NEW.fullmatch(ask.rest)
        assert found is not None  # noqa: S101 - prepared
        default, line = self.acts.settings.languages.default, f"/broadcast new {found['purpose']}"
        draft = Draft(
            page_id=ask.person.page_id,
            purpose_id=found["purpose"],
            title=found["title"],
            texts={default: found["text"].strip()},
            made_by=ask.admin.name,
            schedule=Schedule(zone=_zone(self.acts, ask)),
        )
        try:
            number = await self.acts.add(tx, draft, now_ms=ask.now_ms)
        except DraftRefused as wrong:
            if wrong.facts["found"] == "title":
                return _wrong(wrong, field="title", line=line)
            return _wrong(wrong, field="text", line=f'{line} "{draft.title}"')
        return card(await self.acts.get(tx, number), default=default)


@dataclass(frozen=True, slots=True)
class Set:
    """Changes one field of a draft; asks for it where it is not typed yet."""

    acts: Acts

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Find the draft and the field."""
        found = await _draft(tx, self.acts, ask)
        if isinstance(found, Found):
            return found
        field = ask.args[1].casefold() if len(ask.args) > 1 else ""
        languages = self.acts.settings.languages.offered
        if field not in (*_FIELDS, *languages):
            facts = {"title": found.what.title, "languages": " ".join(languages)}
            return Found("/broadcast set", number=str(found.number), facts=facts)
        if not _value(ask):
            line = f"/broadcast set {found.number} {field}"
            return Found(f"/{ask.command}", facts={"field": field, "line": line})
        return Act(f"B-{found.number}", content=ask.rest.encode())

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Write it, checked as a whole."""
        del act
        found = await _draft(tx, self.acts, ask)
        if isinstance(found, Found):
            return found
        try:
            await self._write(tx, ask, found)
        except DraftRefused as wrong:
            field = ask.args[1].casefold()
            return _wrong(wrong, field=field, line=f"/broadcast set {found.number} {field}")
        changed = await self.acts.get(tx, found.number)
        return card(changed, default=self.acts.settings.languages.default)

    async def _write(self, tx: Transaction, ask: Ask, found: Broadcast) -> None:
        field, value = ask.args[1].casefold(), _value(ask)
        if field == "when":
            schedule = times.read(value, _zone(self.acts, ask))
            await self.acts.plan(tx, found.number, schedule, now_ms=ask.now_ms)
            if schedule.at is None and not schedule.cron:
                await self.acts.store.broadcasts.set_next(tx, found.number, None)
            return
        default = self.acts.settings.languages.default
        draft = _changed(_as_draft(found), field, value, default)
        await self.acts.rewrite(tx, found.number, draft)


@dataclass(frozen=True, slots=True)
class Test:
    """Sends it to the admin alone, exactly as a recipient gets it."""

    acts: Acts

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Find it."""
        found = await _draft(tx, self.acts, ask)
        return found if isinstance(found, Found) else Act(f"B-{found.number}")

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Queue it."""
        number = int(act.object.removeprefix("B-"))
        await self.acts.try_out(tx, number, ask.person.person_id, now_ms=ask.now_ms)
        return Found("/broadcast test", number=str(number))


@dataclass(frozen=True, slots=True)
class Send:
    """Counts the audience, has the number typed, and lets it be sent."""

    acts: Acts
    previews: Previews

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say whom it would reach; the number typed and the words decide which act it is."""
        found = await _draft(tx, self.acts, ask)
        if isinstance(found, Found):
            return found
        try:
            schedule = self._schedule(found, ask.now_ms)
        except DraftRefused as wrong:
            return _wrong(wrong)
        seen = await self.previews.look(tx, found, schedule, ask.person.person_id)
        if seen is None:
            return refused("broadcast_counting")
        reached = seen.reached
        typed = ask.args[1] if len(ask.args) > 1 else ""
        if not (typed.isascii() and typed.isdecimal() and len(typed) <= MAX_DIGITS):
            return Found(f"/{ask.command}", facts=asks_for_number(found.number, seen))
        if abs(int(typed) - reached) > reached // _SWAY:
            return refused("broadcast_count", number=str(found.number), count=str(reached))
        exact = (found.what, found.next_at_ms, typed)
        summary = (
            f"Broadcast {found.number}, {found.what.title}: {lanes_told(seen)} "
            f"/broadcasts {found.number} shows all that it says."
        )
        is_large = reached > self.acts.settings.pace.two_admins_above
        return Act(
            f"B-{found.number}", content=repr(exact).encode(), summary=summary, is_large=is_large
        )

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Schedule it, never sooner than the time in which it can be taken back."""
        number = int(act.object.removeprefix("B-"))
        found = await self.acts.get(tx, number)
        try:
            schedule = self._schedule(found, ask.now_ms)
            first_ms = await self.acts.schedule(
                tx,
                number,
                schedule,
                by=ask.admin.name,
                is_for_many=act.is_large,
                now_ms=ask.now_ms,
            )
        except DraftRefused as wrong:
            return _wrong(wrong)
        facts = {"when": times.told(schedule, first_ms)}
        return Found("/broadcast send", number=str(number), facts=facts)

    def _schedule(self, found: Broadcast, now_ms: int) -> Schedule:
        """Return when it is sent; a single time that is over, or too near, is refused."""
        schedule, soonest_ms = schedule_of(found), now_ms + COOL_OFF_MS
        at_ms = found.next_at_ms
        if at_ms is None or found.what.cron:
            at_ms = max(at_ms or 0, as_kept_ms(schedule, soonest_ms))
        elif at_ms < soonest_ms and not schedule.is_local:
            raise DraftRefused(found="time")
        return replace(schedule, at=times.wall_of(schedule, at_ms))


async def _draft(tx: Transaction, acts: Acts, ask: Ask) -> Broadcast | Found:
    number = number_in(ask)
    if number is None:
        return refused("usage", usage=RULES[ask.command].usage)
    found = await acts.store.broadcasts.get(tx, number)
    if found is None:
        return none_such(number)
    if found.state != "draft":
        return refused("broadcast_state", number=str(number), state=found.state)
    return found


def _as_draft(found: Broadcast) -> Draft:
    what, content = found.what, contents.from_kept(found.what.content)
    return Draft(
        page_id=what.page_id,
        purpose_id=what.purpose_id,
        title=what.title,
        texts=content.texts,
        made_by=what.made_by,
        schedule=schedule_of(found),
        useful_hours=what.useful_ms // 3_600_000,
        picture_url=content.picture_url,
        link=content.link,
    )


def _changed(draft: Draft, field: str, value: str, default: str) -> Draft:
    match field:
        case "title":
            return replace(draft, title=" ".join(value.split()))
        case "picture":
            return replace(draft, picture_url="" if value == "none" else value)
        case "useful":
            if not (value.isascii() and value.isdecimal()):
                raise DraftRefused(found="useful_hours", limit=24 * 30)
            return replace(draft, useful_hours=int(value[:4]))
        case "button":
            if value == "none":
                return replace(draft, link=None)
            found = _BUTTON.fullmatch(value)
            if found is None:
                raise DraftRefused(found="link")
            return replace(draft, link=Link({default: found["title"]}, found["url"]))
    return replace(draft, texts={**draft.texts, default if field == "text" else field: value})


def _value(ask: Ask) -> str:
    return "".join(ask.rest.split(None, 2)[2:]).strip()


def _zone(acts: Acts, ask: Ask) -> str:
    pages = acts.settings.pages
    return next((one.time_zone for one in pages if one.id == ask.person.page_id), "UTC")


def _wrong(wrong: DraftRefused, **asked: str) -> Found:
    """Say what doesn't fit; with a field and its line, that is asked for again."""
    facts = {name: str(value) for name, value in wrong.facts.items()}
    return Found("broadcast_refused", facts=facts | asked)
