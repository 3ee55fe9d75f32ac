"""What is kept: sealed, in two databases, behind one facade.

`Store` is the door; everything else here is a value that goes in or comes out, or an error.
"""

from storage.db.engine import Transaction
from storage.errors import (
    AlreadyServed,
    KeyLost,
    KeysUnusable,
    LedgerBroken,
    PlaceLost,
    SchemaTooOld,
    StorageBusy,
    StorageError,
    StorageRefused,
    StorageUnavailable,
    Undecryptable,
)
from storage.records import (
    BROADCASTS,
    Backlog,
    Bar,
    Case,
    ClaimedMessage,
    ConsentAct,
    Consents,
    ConsentStatus,
    Kind,
    KnownPerson,
    NewEvent,
    NewMessage,
    NewPerson,
    OutboxId,
    ParkedEvent,
    PausedPage,
    PendingEvent,
    PersonId,
    ShownText,
)
from storage.retention import Retention
from storage.store import Store

__all__ = [
    "BROADCASTS",
    "AlreadyServed",
    "Backlog",
    "Bar",
    "Case",
    "ClaimedMessage",
    "ConsentAct",
    "ConsentStatus",
    "Consents",
    "KeyLost",
    "KeysUnusable",
    "Kind",
    "KnownPerson",
    "LedgerBroken",
    "NewEvent",
    "NewMessage",
    "NewPerson",
    "OutboxId",
    "ParkedEvent",
    "PausedPage",
    "PendingEvent",
    "PersonId",
    "PlaceLost",
    "Retention",
    "SchemaTooOld",
    "ShownText",
    "StorageBusy",
    "StorageError",
    "StorageRefused",
    "StorageUnavailable",
    "Store",
    "Transaction",
    "Undecryptable",
]
