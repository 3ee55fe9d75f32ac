"""The one door to everything that is kept.

    async with store.write() as tx:
        await store.outbox.add(tx, messages)

Each kind of thing has its own file and its own attribute here; what happens inside one `write()`
happens together or not at all.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from storage.accesses import Accesses
from storage.admin_acts import AdminActs
from storage.admins import Admins
from storage.alerts import Alerts
from storage.before_upgrade import copy_before_upgrade, delete_old_copies
from storage.breach_notices import BreachNotices
from storage.breaches import Breaches
from storage.broadcasts.audience import Audience
from storage.broadcasts.deliveries import Deliveries
from storage.broadcasts.drafts import Broadcasts
from storage.broadcasts.expiring import ExpiringDeliveries
from storage.broadcasts.frequency import Frequency
from storage.broadcasts.records import RunId
from storage.broadcasts.runs import Runs
from storage.cases import Cases
from storage.codes import Codes
from storage.consents import ConsentBook
from storage.db import schema
from storage.db.engine import Database, Transaction
from storage.details import Details
from storage.due import Reason, count_due
from storage.erasure import (
    ErasureSequence,
    is_anything_to_erase,
    list_served,
)
from storage.expired import count_expired, delete_expired
from storage.export import Exports
from storage.guard import Guard
from storage.holds import Holds
from storage.inbox import Inbox, day_of
from storage.kept_proofs import KeptProofs
from storage.keyring import Keyring
from storage.ledger.ledger import Ledger
from storage.links import Links
from storage.mails import Mails
from storage.outbox import Outbox
from storage.pages import Pages
from storage.pending_acts import PendingActs
from storage.people import People
from storage.policies import Policies
from storage.policy_tellings import PolicyTellings
from storage.receipts import Receipts
from storage.records import PersonId
from storage.retirements import Retirements
from storage.sign_ins import SignIns
from storage.tellings import Recipient, Tellings
from storage.timers import Timers
from storage.tombstones import Tombstones
from storage.vault.secrets import Secrets
from storage.vault.signing_keys import HeldSigning, SigningKeys, load

#: A repeated event is recognised for this long; Meta repeats within an hour or so.
EVENT_KEY_DAYS = 7
_ORPHAN_AFTER_MS = 3_600_000


class Store:
    """Everything that is kept, in two databases: what, and the keys to it."""

    def __init__(  # noqa: PLR0913, PLR0915 - what is configured; a line for each kind of thing
        self,
        url: str,
        keys_url: str,
        secrets: Secrets,
        *,
        tombstones: Path,
        reload: Callable[[], Secrets] | None = None,
        evidence_days: int = 0,
        recipients: Sequence[Recipient] = (),
        signing: Callable[[], SigningKeys] | None = None,
        state_version: int = 0,
    ) -> None:
        self.main = Database(url)
        self.keyring = Keyring(Database(keys_url), secrets, reload=reload)
        self.people = People(self.main, self.keyring, state_version=state_version)
        self.ledger = Ledger(self.main)
        #: Signs the ledger's checkpoints, and files that are handed out.
        self.signing = HeldSigning(signing or (lambda: load(None, secrets)))
        self.consents = ConsentBook(self.main, self.keyring, self.ledger)
        self.inbox = Inbox(self.main, self.keyring)
        self.broadcasts = Broadcasts()
        self.runs = Runs(self.main)
        self.deliveries = Deliveries(self.main)
        self.expiring = ExpiringDeliveries()
        self.audience = Audience(self.keyring)
        self.frequency = Frequency(self.main)
        self.outbox = Outbox(self.keyring, self.frequency)
        self.timers = Timers(self.main)
        self.cases = Cases()
        self.receipts = Receipts(self.main, self.ledger)
        self.details = Details(self.main)
        self.codes = Codes(self.main)
        self.links = Links(self.main)
        self.mails = Mails(self.keyring, self.frequency)
        self.accesses = Accesses()
        self.policies = Policies(self.main)
        self.policy_tellings = PolicyTellings(self.main)
        self._open_for_admins(secrets)
        self.exports = Exports(self.main, secrets, self.signing)
        self.pages = Pages(self.main)
        self.retirements = Retirements(self.main, self.ledger)
        self.tombstones = Tombstones(tombstones)

        def write(is_quick: bool) -> AbstractAsyncContextManager[Transaction]:  # noqa: FBT001
            return self.write(is_quick=is_quick)

        self.proofs = KeptProofs(self.main, self.keyring, days=evidence_days, write=write)
        self.tellings = Tellings(self.keyring, recipients)
        self.erasure = ErasureSequence(
            self.main,
            self.keyring,
            self.receipts,
            self.tombstones,
            self.proofs,
            self.tellings,
            write=write,
        )
        self.guard = Guard(self.main, self.keyring, self.tombstones, self.erasure)

    def _open_for_admins(self, secrets: Secrets) -> None:
        """Open what admins are, do, and are answerable for."""
        self.alerts = Alerts(self.main)
        self.admins = Admins()
        self.sign_ins = SignIns(self.main)
        self.pending_acts = PendingActs()
        self.admin_acts = AdminActs(self.ledger)
        register_key = secrets.derive("breaches/1")
        self.breaches = Breaches(register_key)
        self.breach_notices = BreachNotices(register_key)
        self.holds = Holds(self.main)

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes may serve the same database."""
        return not self.main.is_sqlite

    @asynccontextmanager
    async def write(
        self, *, is_quick: bool = False, goes_first: bool = False
    ) -> AsyncIterator[Transaction]:
        """Open one transaction that writes; quick where it touches a few hundred rows at most.

        One that goes first passes others that wait for their turn.
        """
        writing = self.main.write(is_quick=is_quick, goes_first=goes_first)
        async with writing as tx, self.ledger.gathering(tx):
            yield tx

    @asynccontextmanager
    async def attempt(self, tx: Transaction) -> AsyncIterator[None]:
        """Undo all that a block wrote where it fails; the transaction around it can go on."""
        with self.ledger.attempting(tx):
            async with tx.begin_nested():
                yield

    def read(self, *, is_quick: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """Open a connection that only reads; quick where it finds a few hundred rows at most."""
        return self.main.read(is_quick=is_quick)

    async def prepare(self) -> list[schema.Which]:
        """Make sure that the tables are this version's; return which databases were changed.

        SQLite's are copied and brought up to date; on PostgreSQL that is the operator's decision,
        because other nodes may still work with the old ones.

        Raises:
            SchemaTooOld: PostgreSQL, and they are not this version's.
            SchemaTooNew: A newer version has been here.
        """
        changed: list[schema.Which] = []
        databases: dict[schema.Which, Database] = {
            "main": self.main,
            "keys": self.keyring.database,
        }
        await copy_before_upgrade(self.main, self.keyring.database)
        for which, database in databases.items():
            if not database.is_sqlite:
                await schema.require(database, which)
            elif await schema.upgrade(database, which):
                changed.append(which)
        return changed

    async def erase_due(self, *, now_ms: int, limit: int = 200) -> int:
        """Erase people whose time is over; return how many."""
        async with self.write() as tx:
            due = await self.people.list_due_for_erasure(tx, now_ms=now_ms, limit=limit)
            await self.erasure.begin(tx, due, now_ms=now_ms)
        if due:
            await self.erasure.run(now_ms=now_ms, limit=limit)
        return len(due)

    async def count_due(
        self, *, now_ms: int, deliveries_before_ms: int
    ) -> tuple[dict[Reason, int], dict[str, int]]:
        """Return whom and what the sweeper would erase now: people by reason, rows by table."""
        async with self.read() as tx:
            rows = await count_expired(tx, now_ms=now_ms, deliveries_before_ms=deliveries_before_ms)
            return await count_due(tx, now_ms=now_ms), rows

    async def delete_expired(
        self, *, now_ms: int, deliveries_before_ms: int, limit: int = 1_000
    ) -> dict[str, int]:
        """Delete what was kept for a while only, so many rows of each table; return how many."""
        async with self.write() as tx:
            return await delete_expired(
                tx, now_ms=now_ms, deliveries_before_ms=deliveries_before_ms, limit=limit
            )

    async def complete_erasures(self, *, now_ms: int, limit: int = 200) -> int:
        """Erase who asked for it and has the receipt, and whom a crash left half way."""
        async with self.read(is_quick=True) as tx:
            if not await is_anything_to_erase(tx):
                return 0  # asked every second, so the writers' turns are not disturbed in vain
        async with self.write() as tx:
            served = await list_served(tx, now_ms=now_ms, limit=limit)
            await self.erasure.begin(tx, served, now_ms=now_ms)
        return await self.erasure.run(now_ms=now_ms, limit=limit)

    async def drop_of_run(self, tx: Transaction, run_id: bytes, *, now_ms: int, limit: int) -> int:
        """Cancel some of what waits of a run, in every queue; return how many were dropped."""
        queued = await self.outbox.drop_pending(tx, run_id, limit=limit)
        mailed = await self.mails.drop_pending(tx, run_id, limit=limit)
        await self.deliveries.end(tx, [*queued, *mailed], "cancelled", now_ms=now_ms)
        waiting = await self.deliveries.end_waiting(
            tx, RunId(run_id), "cancelled", now_ms=now_ms, limit=limit
        )
        return len(queued) + len(mailed) + waiting

    async def scrub(self, *, everything: bool = False) -> None:
        """Take deleted bytes off the disk where a reader or a crash was in the way before.

        Args:
            everything: Also what was deleted in passing, as each handled event is.
        """
        for database in (self.main, self.keyring.database):
            if everything or database.has_deleted_bytes:
                await database.truncate_log()

    async def destroy_old_keys(self, *, now_ms: int) -> None:
        """Destroy the keys of days that are over, and those that belong to nobody."""
        today = day_of(now_ms)
        async with self.write() as tx:
            await self.inbox.forget_repeats_before(tx, today - EVENT_KEY_DAYS)
            needed = await self.inbox.oldest_key_day(tx)
            proving = await self.proofs.oldest_key_day(tx)
            telling = await self.tellings.list_key_days(tx)
        await self.keyring.destroy_days_before(today - EVENT_KEY_DAYS, "event")
        await self.keyring.destroy_days_before(min(today - 1, needed or today), "inbox")
        await self.keyring.destroy_days_before(min(today - 1, proving or today), "evidence")
        await self.keyring.destroy_days_before(today - 1, "telling", but=telling)
        await self._destroy_orphans(now_ms - _ORPHAN_AFTER_MS)

    async def delete_old_copies(self, *, before_ms: int) -> int:
        """Delete copies from before a migration that are older than this; return how many."""
        keys = self.keyring.database
        return await asyncio.to_thread(delete_old_copies, self.main, keys, before_ms=before_ms)

    async def close(self) -> None:
        """Close both databases."""
        await self.main.close()
        await self.keyring.close()

    async def _destroy_orphans(self, before_ms: int) -> None:
        after = PersonId(b"")
        while keyed := await self.keyring.list_created_before(before_ms, after=after, limit=500):
            after = keyed[-1]
            async with self.read() as tx:
                known = await self.people.list_existing(tx, keyed)
            orphans = [person for person in keyed if person not in known]
            if orphans:
                await self.keyring.destroy(orphans)
