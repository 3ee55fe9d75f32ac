"""Mail on its way to people who proved that an address is theirs, and codes that prove it.

A mail is claimed for a while by one process, so that two do not send it; whoever claimed it and
died lets it be claimed again. A mail that has left is deleted.
"""

import secrets
from dataclasses import dataclass, field

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.tables import mails
from storage.records import PersonId
from storage.vault.sealing import Cell, seal


class Letter(msgspec.Struct, frozen=True):
    """A mail as it is sealed: to whom, and in which words."""

    to: str
    #: Says nothing of the content: subjects travel and are listed in clear.
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail on its way into the queue; sealed under its person's key."""

    person_id: PersonId
    key: bytes = field(repr=False)
    letter: Letter = field(repr=False)
    due_at_ms: int
    expires_at_ms: int
    #: The request it answers, if it answers one.
    case_id: bytes | None = None


class Mails:
    """Takes mails in."""

    async def add(self, tx: AsyncConnection, new: NewMail) -> None:
        """Queue a mail."""
        mail_id = secrets.token_bytes(16)
        body = msgspec.json.encode(new.letter)
        row = {
            "mail_id": mail_id,
            "person_id": new.person_id,
            "case_id": new.case_id,
            "body": seal(new.key, body, _cell(mail_id, new.person_id)),
            "due_at_ms": new.due_at_ms,
            "expires_at_ms": new.expires_at_ms,
        }
        await tx.execute(mails.insert(), [row])


def _cell(mail_id: bytes, person: PersonId) -> Cell:
    return Cell("mails", "body", mail_id, person)
