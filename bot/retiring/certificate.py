"""What the end of a Page's bot came to, as lines to print and keep."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from storage.ledger.checkpoints import Signed
from storage.retirements import Retirement

_AT_MESSENGER: Final = {
    "removed": "Messenger posts nothing of it to this app any more, and its profile is deleted",
    "refused": (
        "NOT removed: Messenger did not take the Page's token. Take the app away in the Page's "
        "settings, under linked accounts or business integrations"
    ),
}
_STAYS: Final = (
    "What stays, without their data: hashes of receipts, and marks that keep a backup from "
    "bringing anybody back. Copies in older backups open until the secrets of their time are "
    "destroyed (keys.backup_days). Beyond our reach: Meta's copies of the chats, the Page's "
    "inbox, files that were sent."
)
_PROOFS: Final = "Proof of their consents stays sealed for {days} days (consent_evidence_days)."


def lines_of(one: Retirement, signed: Signed | None, *, evidence_days: int) -> Iterator[str]:
    """Yield the lines of the certificate."""
    yield f"CERTIFICATE  The bot of Page {one.page_id} has ended."
    yield f"  ordered     {_at(one.ordered_at_ms)}, by {one.ordered_by}"
    yield f"  begun       {_at(one.begun_at_ms)}"
    yield f"  done        {_at(one.done_at_ms)}"
    yield f"  people      {one.people} erased, {one.people} keys destroyed"
    yield f"  told        {one.told} of them, by a last message in the open chat"
    yield f"  requests    {one.requests} ended that waited for an answer"
    yield f"  Messenger   {_AT_MESSENGER[one.at_messenger or 'refused']}"
    yield f"  number      {one.number}"
    if signed is not None:
        checkpoint = signed.checkpoint
        yield f"  ledger      {checkpoint.size} lines, root {checkpoint.root.hex()}"
        yield f"  key         {signed.key}"
    yield _STAYS
    if evidence_days:
        yield _PROOFS.format(days=evidence_days)


def _at(at_ms: int | None) -> str:
    return f"{datetime.fromtimestamp((at_ms or 0) / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
