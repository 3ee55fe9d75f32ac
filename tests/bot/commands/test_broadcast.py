"""`broadcast`: operators watch what goes out to many, and hold it up, beside a running bot."""

from datetime import datetime

from bot.broadcasts.schedule import Schedule
from tests.bot.commands.conftest import Operator
from tests.kit.broadcasting import DRAFT, Broadcasting
from tests.kit.deployment import deployed

_FAR = Schedule(at=datetime.fromisoformat("2099-01-01T12:00"), is_urgent=True)


async def test_a_broadcast_is_listed_shown_and_counted(operator: Operator) -> None:
    """List, show and report tell what it says, how far it is and what came of it."""
    async with deployed(operator.databases) as deployment:
        on = Broadcasting(deployment)
        anna = await on.reader()
        number = str(await on.begins())
        await on.until(int(number), "over")
        assert (await operator.runs("broadcast", "list")).out == "1  over  news  The fair\n"
        shown = await operator.runs("broadcast", "show", number)
        assert "[de] Am Sonntag ist Markt." in shown.out
        told = await operator.runs("broadcast", "report", number, "--follow")
        assert "        1  window: sent\n" in told.out
        assert "in all, of which 0 not decided yet" in told.out
        assert anna.psid not in shown.out + told.out


async def test_it_is_held_up_goes_on_and_ends_by_command(operator: Operator) -> None:
    """Pause, resume and cancel change what a running bot does; the wrong moment is told."""
    async with deployed(operator.databases) as deployment:
        on = Broadcasting(deployment)
        number = await on.desk.draft(DRAFT, now_ms=on.now_ms)
        refused = await operator.runs("broadcast", "pause", str(number))
        assert (refused.code, "too far, or not far enough" in refused.err) == (2, True)
        await on.desk.schedule(number, _FAR, now_ms=on.now_ms)
        assert (await operator.runs("broadcast", "pause", str(number))).code == 0
        listed = await operator.runs("broadcast", "list")
        assert "paused (asked for)" in listed.out
        assert (await operator.runs("broadcast", "resume", str(number))).code == 0
        assert (await operator.runs("broadcast", "cancel", str(number))).code == 0
        assert await on.is_in(number, "cancelled")
        done = (await operator.runs("audit")).out
        for act in ("pause", "cancel"):
            assert f"operator: broadcasts {act} B-{number}" in done
        unknown = await operator.runs("broadcast", "report", "99")
        assert (unknown.code, "No broadcast has that number." in unknown.err) == (2, True)


async def test_what_was_missed_is_started_or_dropped_by_command(operator: Operator) -> None:
    """An admin's word may come from the command line; without anything missed that is said."""
    async with deployed(operator.databases) as deployment:
        on = Broadcasting(deployment)
        anna = await on.reader()
        dropped, started = await _missed(on), await _missed(on)
        told = await operator.runs("broadcast", "report", str(dropped))
        assert "waiting for an admin's word: 1" in told.out
        assert (
            await operator.runs("broadcast", "drop-missed", str(dropped))
        ).out == "Dropped: 1.\n"
        assert (
            await operator.runs("broadcast", "start-missed", str(started))
        ).out == "It begins.\n"
        await on.until(started, "over")
        await on.until(dropped, "over")
        await anna.hears("The fair")
        again = await operator.runs("broadcast", "start-missed", str(started))
        assert again.out == "Nothing of it was missed.\n"
        assert (await on.report(dropped)).audience == 0


async def _missed(on: Broadcasting) -> int:
    """Let a broadcast have been due hours ago, while nothing ran."""
    number = await on.begins(_FAR, useful_hours=1)
    store = on.deployment.bot.store
    async with store.write() as tx:
        await store.broadcasts.set_next(tx, number, on.now_ms - 3 * 3_600_000)
    await on.deployment.until(lambda: _has_missed(on, number))
    return number


async def _has_missed(on: Broadcasting, number: int) -> bool:
    return [run.state for run in (await on.report(number)).runs] == ["missed"]
