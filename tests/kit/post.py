"""What waits to leave by mail, opened as the sender would open it."""

import re

import msgspec

from storage import PersonId, Store
from storage.db.tables import mails
from storage.mails import Letter
from storage.vault.sealing import Cell, open_sealed


async def letters(store: Store) -> list[Letter]:
    """Return every mail in the queue, the newest last."""
    async with store.read() as tx:
        rows = (await tx.execute(mails.select().order_by(mails.c.expires_at_ms))).all()
    keys = await store.keyring.find({PersonId(row.person_id) for row in rows})
    return [
        msgspec.json.decode(
            open_sealed(
                keys[PersonId(row.person_id)],
                row.body,
                Cell("mails", "body", row.mail_id, row.person_id),
            ),
            type=Letter,
        )
        for row in rows
    ]


def code_in(letter: Letter) -> str:
    """Return the code in a mail."""
    (code,) = re.findall(r"\b[0-9]{6}\b", letter.text)
    return str(code)
