"""`broadcast`: operators watch what goes out to many, and hold it up, beside a running bot."""

from datetime import datetime

from bot.broadcasts.schedule import Schedule
from tests.bot.commands.conftest import Operator
from tests.kit.broadcasting import DRAFT, Broadcasting
from tests.kit.deployment import deployed

_FAR = Schedule(at=datetime.fromisoformat("2099-01-01T12:00"))


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
        unknown = await operator.runs("broadcast", "report", "99")
        assert (unknown.code, "No broadcast has that number." in unknown.err) == (2, True)
