"""/broadcasts: what goes out to many, watched and held up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.admins.command import Ask, Look, refused
from bot.admins.gate import RULES, Act
from bot.broadcasts import content as contents
from bot.broadcasts import times
from bot.broadcasts.acts import Acts
from bot.broadcasts.errors import NoSuchBroadcast, WrongState
from bot.broadcasts.occurring import schedule_of
from bot.broadcasts.reporting import report_of
from flows.kit.found import Found
from storage import Transaction
from storage.broadcasts.records import Broadcast, State

_SHOWN: Final = 8
#: A longer number is none of ours.
MAX_DIGITS: Final = 9
#: What can be done in each state, as the last word of a command.
_VERBS: Final[Mapping[State, tuple[str, ...]]] = {
    "draft": ("test", "set", "send", "cancel"),
    "scheduled": ("report", "undo", "pause", "cancel", "copy"),
    "paused": ("report", "resume", "cancel", "copy"),
    "over": ("report", "copy"),
    "cancelled": ("report", "copy"),
}


def number_in(ask: Ask) -> int | None:
    """Return the number of a broadcast that a command names first."""
    typed = ask.args[0].removeprefix("#") if ask.args else ""
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= MAX_DIGITS
    return int(typed) if is_number else None


def none_such(number: object) -> Found:
    """Say that there is no such broadcast."""
    return refused("no_broadcast", number=str(number))


def card(
    found: Broadcast, *, default: str, command: str = "broadcasts", has_missed: bool = False
) -> Found:
    """Return one broadcast as it is shown."""
    what, content = found.what, contents.from_kept(found.what.content)
    facts = {
        "state": found.state,
        "reason": found.reason or "",
        "title": what.title,
        "purpose": what.purpose_id,
        "kind": what.kind,
        "languages": ", ".join(sorted(content.texts)),
        "when": times.told(schedule_of(found), found.next_at_ms),
        "useful": str(what.useful_ms // 3_600_000),
        "picture": content.picture_url,
        "link": content.link.told if content.link else "",
        "led_to": ", ".join(content.led_to),
        "has_missed": "yes" if has_missed else "",
        "may": " ".join(_verbs(found, has_missed=has_missed)),
    }
    others = sorted(content.texts.keys() - {default})
    # Whoever sends it, or agrees to it, sees what is read in every language.
    rows = [{"language": "", "text": content.texts[default]}]
    rows += [{"language": code, "text": content.texts[code]} for code in others]
    return Found(f"/{command}", rows=tuple(rows), number=str(found.number), facts=facts)


def _verbs(found: Broadcast, *, has_missed: bool) -> tuple[str, ...]:
    about_missed = ("start", "drop") if has_missed and found.state == "scheduled" else ()
    return about_missed + _VERBS[found.state]


@dataclass(frozen=True, slots=True)
class Broadcasts(Look):
    """Lists the newest, or shows one."""

    acts: Acts

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """Look at all of the admin's Page, or at one."""
        number = number_in(ask)
        if number is not None:
            found = await self.acts.store.broadcasts.get(tx, number)
            default = self.acts.settings.languages.default
            if found is None:
                return none_such(number)
            has_missed = await self.acts.has_missed(tx, number)
            return card(found, default=default, has_missed=has_missed)
        newest = await self.acts.store.broadcasts.list_all(tx, limit=_SHOWN)
        rows = tuple(
            {"number": str(one.number), "state": one.state, "title": one.what.title}
            for one in newest
        )
        return Found("/broadcasts", rows=rows)


@dataclass(frozen=True, slots=True)
class Report(Look):
    """Counts what came of one."""

    acts: Acts

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """Count its deliveries, by lane and outcome."""
        number = number_in(ask)
        if number is None:
            return refused("usage", usage=RULES[ask.command].usage)
        found = await self.acts.store.broadcasts.get(tx, number)
        if found is None:
            return none_such(number)
        report = await report_of(tx, self.acts.store, found)
        rows = tuple(
            {"lane": one.lane, "outcome": one.outcome, "count": str(one.count)}
            for one in report.counts
        )
        facts = {"title": found.what.title, "state": found.state, "audience": str(report.audience)}
        return Found("/broadcasts report", rows=rows, number=str(found.number), facts=facts)


@dataclass(frozen=True, slots=True)
class Change:
    """Holds one up, lets it go on, ends it, copies it."""

    acts: Acts

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Find it, and say what would become of it."""
        number = number_in(ask)
        if number is None:
            return refused("usage", usage=RULES[ask.command].usage)
        found = await self.acts.store.broadcasts.get(tx, number)
        if found is None:
            return none_such(number)
        verb = ask.command.rpartition(" ")[2]
        if verb not in _verbs(found, has_missed=await self.acts.has_missed(tx, number)):
            return refused("broadcast_state", number=str(number), state=found.state)
        shown = f"/broadcasts {number} shows all that it says."
        summary = f"Broadcast {number}, {found.what.title}: {verb}. {shown}"
        return Act(
            f"B-{number}",
            content=found.state.encode(),
            summary=summary,
            is_large=await self.acts.leave.has_grown(tx, found),
        )

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Do it; every node goes by it from the next claim on."""
        number, acts = int(act.object.removeprefix("B-")), self.acts
        try:
            match ask.command:
                case "broadcasts pause":
                    await acts.move(tx, number, ("scheduled",), "paused", "asked for")
                case "broadcasts resume":
                    by = ask.admin.name
                    await acts.resume(tx, number, by=by, is_for_many=act.is_large)
                case "broadcasts cancel":
                    await acts.cancel(tx, number)
                case "broadcasts copy":
                    number = await acts.copy(tx, number, made_by=ask.admin.name, now_ms=ask.now_ms)
                case "broadcast undo":
                    if await acts.store.runs.list_of(tx, number):
                        return refused("broadcast_begun", number=str(number))
                    await acts.move(tx, number, ("scheduled",), "draft")
        except (NoSuchBroadcast, WrongState):
            return refused("changed")
        found = await acts.get(tx, number)
        default = acts.settings.languages.default
        return card(found, default=default, command=ask.command)


@dataclass(frozen=True, slots=True)
class AnswerMissed(Change):
    """Starts what was missed, or drops it."""

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Do it; the broadcaster goes on from there."""
        number, acts = int(act.object.removeprefix("B-")), self.acts
        if not await acts.has_missed(tx, number):
            return refused("changed")
        if ask.command == "broadcasts start":
            for_many = act.is_large
            await acts.start_missed(tx, number, is_for_many=for_many, now_ms=ask.now_ms)
        else:
            await acts.drop_missed(tx, number, now_ms=ask.now_ms)
        default = acts.settings.languages.default
        return card(await acts.get(tx, number), default=default, command=ask.command)
