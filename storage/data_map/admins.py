"""Admins: who they are, how they prove it, what they are about to do, what they did."""

from typing import Final

from storage.data_map.entry import Basis, Entry, Erased, Form
from storage.data_map.kinds import ID, technical

_WHILE_ADMIN: Final = "as long as you are an admin"


def _admin(
    holds: str,
    form: Form = Form.CLEAR,
    *,
    kept: str = _WHILE_ADMIN,
    exported: bool = False,
    why: str = "decides what an admin may do",
) -> Entry:
    """Describe what is kept of somebody because they are an admin."""
    purpose, gone = "to let only admins act, and to show what they did", Erased.WITH_PERSON
    clear = why if form is Form.CLEAR else ""
    return Entry(holds, purpose, Basis.INTEREST, kept, form, gone, exported, clear)


TABLES: Final[dict[str, dict[str, Entry]]] = {
    "admin_numbers": {
        "number": technical("a number that was given to an admin, so that it is given once"),
        "since_ms": technical("when that number was given"),
        "until_ms": technical("when its admin was revoked"),
    },
    "admins": {
        "person_id": _admin(ID, Form.RANDOM_ID),
        "number": _admin("your number as an admin", exported=True),
        "role": _admin("your role as an admin", exported=True),
        "seed": _admin("the secret of your authenticator app", Form.SEALED),
        "proved_at_ms": _admin("when you first used a code of that app", exported=True),
        "last_step": _admin("which code of that app you used last, so that it counts once"),
    },
    "admin_invites": {
        "code_hash": technical(
            "a hash of a code that makes somebody an admin", "a quarter of an hour"
        ),
        "role": technical("the role that the code gives", "a quarter of an hour"),
        "expires_at_ms": technical("until when the code works", "a quarter of an hour"),
    },
    "admin_sessions": {
        "person_id": _admin(ID, Form.RANDOM_ID, kept="until the session ends"),
        "opened_at_ms": _admin("when you signed in", kept="until the session ends", exported=True),
        "ends_at_ms": _admin("when your session ends", kept="until the session ends"),
    },
    "admin_sign_ins": {
        "sign_in_id": _admin(
            "a random number of a sign-in", Form.RANDOM_ID, kept="90 days, or as configured"
        ),
        "person_id": _admin(ID, Form.RANDOM_ID, kept="90 days, or as configured"),
        "at_ms": _admin(
            "when you signed in as an admin",
            kept="90 days, or as configured",
            exported=True,
            why="shows you your sign-ins",
        ),
        "expires_at_ms": _admin(
            "until when a sign-in is on record",
            kept="90 days, or as configured",
            why="selects what is over",
        ),
    },
    "admin_tries": {
        "try_id": _admin("a random number of a try", Form.RANDOM_ID, kept="a quarter of an hour"),
        "person_id": _admin(ID, Form.RANDOM_ID, kept="a quarter of an hour"),
        "expires_at_ms": _admin(
            "when you tried a code", kept="a quarter of an hour", why="ends guessing"
        ),
    },
    "pending_acts": {
        "act_id": _admin("the number of an act that waits", kept="until it is done, a day at most"),
        "person_id": _admin(ID, Form.RANDOM_ID, kept="until it is done, a day at most"),
        "command": _admin("which command waits", kept="until it is done, a day at most"),
        "line": _admin(
            "the command as you typed it", Form.SEALED, kept="until it is done, a day at most"
        ),
        "digest": _admin(
            "a hash of exactly what is to be done",
            kept="until it is done, a day at most",
            why="binds a code to one act",
        ),
        "state": _admin("what it waits for", kept="until it is done, a day at most"),
        "due_at_ms": _admin("when it is done", kept="until it is done, a day at most"),
        "expires_at_ms": _admin("until when it waits", kept="until it is done, a day at most"),
    },
    "admin_acts": {
        "leaf_index": technical("which line of the ledger tells of an admin's act"),
        "opening": technical("what an admin did, under a number and a role, and to what number"),
    },
}
