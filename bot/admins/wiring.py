"""Every command with what carries it out: a new one is added here, and to the gate's table."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.admins import broadcast_writing, broadcasts, cases
from bot.admins.approving import Approve, Undo
from bot.admins.breaches import breach_commands
from bot.admins.claims import Claims
from bot.admins.desk import AdminDesk
from bot.admins.email import Email
from bot.admins.evidence import Evidence
from bot.admins.gate import RULES, Gate
from bot.admins.numbers import ShowSettings, Stats
from bot.admins.pausing import Pausing
from bot.admins.people import Admins, Audit, Enroll, Help, Revoke
from bot.admins.policy import policy_commands
from bot.admins.proving import Proving
from bot.admins.sessions import LogOut, Remember, SignInList
from bot.admins.status import Status
from bot.breaches.desk import BreachDesk
from bot.broadcasts.acts import Acts, acts_of
from bot.broadcasts.previews import Previews
from bot.desk import Desk
from bot.details.giving import Giving
from bot.outbound.notices import Notices, notices_of
from bot.policy.publishing import Publisher
from bot.settings import Settings
from storage.figures import Figures

if TYPE_CHECKING:
    from bot.admins.command import Command


def admin_desk(
    settings: Settings,
    giving: Giving,
    publisher: Publisher,
    *,
    figures: Callable[[], Figures | None],
    previews: Previews,
) -> AdminDesk:
    """Return the desk with all commands.

    Args:
        settings: What an operator decides.
        giving: Takes in the addresses at which alerts reach them.
        publisher: Prepares and publishes the notice.
        figures: Returns what was counted last.
        previews: Has whom drafts of broadcasts would reach.
    """
    store = giving.store
    url, sign_in_days = settings.server.public_url, settings.retention.sign_in_days
    notices, requests = notices_of(settings, store), Desk(settings, store)
    claims = Claims(store, lambda token: f"{url}/enroll/{token}", sign_in_days)
    proving = Proving(store, notices, sign_in_days)
    commands: dict[str, Command] = {
        "help": Help(),
        "status": Status(store, publisher),
        "enroll": Enroll(claims),
        "signins": SignInList(store, sign_in_days),
        "remember": Remember(store),
        "email": Email(giving),
        "logout": LogOut(store),
        "admins": Admins(store),
        "admin revoke": Revoke(store, notices),
        "audit": Audit(store),
        "settings": ShowSettings(settings),
        "stats": Stats(settings, figures),
        "evidence": Evidence(requests, lambda token: f"{url}/evidence/{token}"),
        **dict.fromkeys(("pause", "resume"), Pausing(store, settings)),
        **_about_requests(requests, notices),
        **policy_commands(store, publisher),
    }
    commands |= _about_broadcasts(acts_of(settings, store), previews)
    commands |= breach_commands(BreachDesk(settings, store))
    desk = AdminDesk(store, claims, proving, Gate(RULES), commands)
    commands["approve"] = Approve(desk)
    commands["undo"] = Undo(desk)
    return desk


def _about_broadcasts(acts: Acts, previews: Previews) -> "dict[str, Command]":
    change = dict.fromkeys(("pause", "resume", "cancel", "copy"), broadcasts.Change(acts))
    change |= dict.fromkeys(("start", "drop"), broadcasts.AnswerMissed(acts))
    return {
        "broadcast": broadcast_writing.Begin(acts),
        "broadcast new": broadcast_writing.New(acts),
        "broadcast set": broadcast_writing.Set(acts),
        "broadcast test": broadcast_writing.Test(acts),
        "broadcast send": broadcast_writing.Send(acts, previews),
        "broadcast undo": broadcasts.Change(acts),
        "broadcasts": broadcasts.Broadcasts(acts),
        "broadcasts report": broadcasts.Report(acts),
        **{f"broadcasts {verb}": command for verb, command in change.items()},
    }


def _about_requests(desk: Desk, notices: Notices) -> "dict[str, Command]":
    return {
        "cases": cases.Cases(desk.store),
        "cases claim": cases.Claim(desk.store, notices),
        "cases open": cases.Open(desk),
        "cases answer": cases.Answer(desk),
        "cases close": cases.Close(desk.store),
    }
