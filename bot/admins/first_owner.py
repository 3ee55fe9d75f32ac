"""What an operator does on the server: enrolling the first owner, and revoking."""

from bot.admins.people import is_last_owner, named, revoke
from bot.admins.totp import step_of
from bot.errors import BotError
from bot.outbound.notices import Notices
from storage import Store, Transaction
from storage.admin_acts import OPERATOR, AdminAct
from storage.admins import Admin


class NobodyToEnroll(BotError):
    """No owner waits for the command line."""

    advice = (
        "Run `chatmagico admin invite --role owner` and claim the code in the chat first. Once an "
        "owner is set up, all others set up their app on the page that the chat gives them."
    )


class NoSuchAdmin(BotError):
    """Nobody is an admin under that number."""

    advice = "`chatmagico admin list` shows who is."


class LastOwner(BotError):
    """The last owner cannot be revoked."""

    advice = "Make another owner first: `chatmagico admin invite --role owner`."


async def first_owner(tx: Transaction, store: Store) -> Admin:
    """Return the owner who is to be enrolled here, because no owner ever used a code.

    Raises:
        NobodyToEnroll: There is none.
    """
    owners = await store.admins.lock_owners(tx)
    if not owners or any(owner.proved_at_ms for owner in owners):
        raise NobodyToEnroll
    return owners[0]


async def enroll_first_owner(
    tx: Transaction, store: Store, seed: str, code: str, *, now_ms: int
) -> bool:
    """Keep the first owner's seed, if the code shows that their app has it.

    Raises:
        NobodyToEnroll: There is none, or not any more.
    """
    owner = await first_owner(tx, store)
    person = await store.people.get(tx, owner.person_id)
    step = step_of(seed, code, now_ms=now_ms)
    if person is None or not person.key or step is None:
        return False
    if not await store.admins.put_seed(tx, owner, person.key, seed):
        raise NobodyToEnroll
    await store.admins.use_step(tx, owner, step, now_ms=now_ms)
    store.admin_acts.note(tx, AdminAct(OPERATOR, "", "admin enroll", owner.name, "", now_ms))
    return True


async def revoke_from_server(
    tx: Transaction, store: Store, notices: Notices, name: str, *, now_ms: int
) -> None:
    """Revoke an admin and tell them.

    Raises:
        NoSuchAdmin: Nobody has that number.
        LastOwner: Somebody has to be one.
    """
    admin = await named(tx, store, name)
    if admin is None:
        raise NoSuchAdmin
    if await is_last_owner(tx, store, admin):
        raise LastOwner
    await revoke(tx, store, notices, admin, now_ms=now_ms)
    store.admin_acts.note(tx, AdminAct(OPERATOR, "", "admin revoke", admin.name, "", now_ms))
