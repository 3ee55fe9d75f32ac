"""Every command with what carries it out: a new one is added here, and to the gate's table."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.admins.approving import Approve, Undo
from bot.admins.claims import Claims
from bot.admins.desk import AdminDesk
from bot.admins.email import Email
from bot.admins.people import Admins, Audit, Enroll, Help, Revoke
from bot.admins.proving import Proving
from bot.admins.rules import RULES, Gate
from bot.admins.sessions import LogOut, Remember, SignInList
from bot.admins.status import Status
from bot.details.giving import Giving
from bot.outbound.notices import Notices

if TYPE_CHECKING:
    from bot.admins.command import Command


def admin_desk(
    notices: Notices, giving: Giving, *, page_url: Callable[[str], str], sign_in_days: int
) -> AdminDesk:
    """Return the desk with all commands.

    Args:
        notices: Tell admins what others did.
        giving: Takes in the addresses at which alerts reach them.
        page_url: Makes the address of the page on which an app is set up, from its secret part.
        sign_in_days: How long a sign-in stays on record.
    """
    store = giving.store
    claims = Claims(store, page_url, sign_in_days)
    proving = Proving(store, notices, sign_in_days)
    commands: dict[str, Command] = {
        "help": Help(),
        "status": Status(store),
        "enroll": Enroll(claims),
        "signins": SignInList(store, sign_in_days),
        "remember": Remember(store),
        "email": Email(giving),
        "logout": LogOut(store),
        "admins": Admins(store),
        "admin revoke": Revoke(store, notices),
        "audit": Audit(store),
    }
    desk = AdminDesk(store, claims, proving, Gate(RULES), commands)
    commands["approve"] = Approve(desk)
    commands["undo"] = Undo(desk)
    return desk
