"""Every column there is: what it holds, what for, on what basis, for how long, how it goes.

Notice, `my data`, export, record of processing and erasure are made from this, so none of them can
forget what is stored. A table or column that is missing here fails the build; so does a flow that
keeps a field which is not in FIELDS.
"""

from typing import Final

from storage.data_map import (
    admins,
    alerts,
    breaches,
    broadcasts,
    counts,
    erasure,
    evidence,
    holds,
    ledger,
    policies,
    recipients,
    retirements,
    rights,
    tables,
)
from storage.data_map.entry import Basis, Entry, Erased, Form
from storage.data_map.fields import FIELDS

COLUMNS: Final[dict[str, dict[str, Entry]]] = (
    tables.TABLES
    | rights.TABLES
    | ledger.TABLES
    | erasure.TABLES
    | evidence.TABLES
    | broadcasts.TABLES
    | policies.TABLES
    | admins.TABLES
    | recipients.TABLES
    | holds.TABLES
    | breaches.TABLES
    | alerts.TABLES
    | counts.TABLES
    | retirements.TABLES
)

__all__ = ["COLUMNS", "FIELDS", "Basis", "Entry", "Erased", "Form"]
