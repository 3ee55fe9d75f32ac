"""A message as its row in the outbox, and back."""

import secrets
from typing import Any

from storage.errors import KeyLost
from storage.people import psid_cell
from storage.records import ClaimedMessage, NewMessage, OutboxId, PersonId
from storage.vault.sealing import Cell, open_sealed, seal


def _cell(outbox_id: bytes, person: PersonId) -> Cell:
    return Cell("outbox", "body", outbox_id, person)


def row_of(message: NewMessage) -> dict[str, Any]:
    """Return a message as its row, sealed under a fresh id."""
    outbox_id = secrets.token_bytes(16)
    return {
        "outbox_id": outbox_id,
        "person_id": message.person_id,
        "page_id": message.page_id,
        "kind": message.kind,
        "purpose_id": message.purpose_id,
        "case_id": message.case_id,
        "access_id": message.access_id,
        "notice_id": message.notice_id,
        "delivery_id": message.delivery_id,
        "counts": message.counts if message.delivery_id else None,
        "state": "pending",
        "body": seal(message.key, message.body, _cell(outbox_id, message.person_id)),
        "due_at_ms": message.due_at_ms,
        "expires_at_ms": message.expires_at_ms,
        "resends_left": message.resends_left,
    }


def claimed_of(row: Any, key: bytes | None) -> ClaimedMessage:
    """Return a claimed row as a message.

    Raises:
        KeyLost: The key of its person is missing.
        Undecryptable: It was changed.
    """
    if key is None:
        raise KeyLost
    person = PersonId(row.person_id)
    return ClaimedMessage(
        outbox_id=OutboxId(row.outbox_id),
        person_id=person,
        page_id=row.page_id,
        psid=open_sealed(key, row.psid, psid_cell(person)).decode(),
        body=open_sealed(key, row.body, _cell(row.outbox_id, person)),
        kind=row.kind,
        purpose_id=row.purpose_id,
        attempts=row.attempts + 1,
        expires_at_ms=row.expires_at_ms,
        window_ends_at_ms=row.window_ends_at_ms,
        refusals=row.refusals,
        pauses=row.pauses,
        case_id=row.case_id,
        access_id=row.access_id,
        notice_id=row.notice_id,
        delivery_id=row.delivery_id,
        counts=bool(row.counts),
        bar=row.bar,
    )
