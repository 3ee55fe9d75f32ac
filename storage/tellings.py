"""Tell whoever else got a person's data that it was erased here (Art. 19 GDPR).

    waiting --claim--> one process's for a while --taken--> confirmed
                         |--not now--> waiting, due later
                         `--that process died--> waiting, once the while is over
    waiting, for too long --> given_up
    by_hand: there is no address, so a person has to see to it

What a recipient needs to find the person is sealed under the key of a day, never under theirs: that
is destroyed meanwhile. Once a telling is settled nothing in its row leads to anybody, unless
somebody has the number of the receipt.
"""

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.consents import granted_ever
from storage.db.tables import erasures, people
from storage.db.telling_tables import tellings
from storage.errors import Undecryptable
from storage.inbox import day_of
from storage.keyring import Keyring
from storage.people import psid_cell
from storage.receipts import hash_of
from storage.records import PersonId
from storage.vault.sealing import Cell, SealedBytes, open_sealed, seal

#: How long a recipient is told again and again; then what it takes to tell it is deleted.
TOLD_FOR_DAYS: Final = 30
_DAY_MS: Final = 86_400_000
_ID_BYTES: Final = 16

State = Literal["waiting", "confirmed", "given_up", "by_hand"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody else who gets data, as far as erasures concern them."""

    #: Under what it is found again; the beginning of its name.
    key: str
    #: Whose consents let it have data; empty where it gets everybody's.
    purposes: frozenset[str]
    #: Whether it has an address to be told at.
    is_reachable: bool

    def gets(self, agreed: Collection[str]) -> bool:
        """Tell whether it may have got data of somebody who ever agreed to these purposes."""
        return not self.purposes or not self.purposes.isdisjoint(agreed)


class Who(msgspec.Struct, frozen=True):
    """Whose data is erased, as a recipient knows them; this is what is sealed."""

    page_id: str
    psid: str


@dataclass(frozen=True, slots=True)
class ClaimedTelling:
    """A telling that this process, and no other, may pass on now."""

    telling_id: bytes
    recipient: str
    erased_at_ms: int
    #: How often it was claimed, this time included.
    attempts: int
    key_day: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """How far one recipient has been told, for whoever holds the receipt."""

    recipient: str
    state: State
    #: When that began, or ended where it is settled.
    since_ms: int


_decode = msgspec.json.Decoder(Who).decode


class Tellings:
    """Queues what recipients are told, hands each to one process, and forgets whom it was about.

    Args:
        keyring: Has the keys of people, and those of days.
        recipients: Everybody else who gets data.
    """

    def __init__(self, keyring: Keyring, recipients: Sequence[Recipient]) -> None:
        self._keyring = keyring
        self._recipients = tuple(recipients)
        self._reachable = [one.key for one in recipients if one.is_reachable]

    async def queue(self, tx: AsyncConnection, who: Sequence[PersonId], *, now_ms: int) -> None:
        """Queue one telling per recipient that may have got something, while keys are there."""
        if not who or not self._recipients:
            return
        agreed = await granted_ever(tx, who)
        found = await self._find(tx, who)
        receipts = await _receipts_of(tx, who)
        day = day_of(now_ms)
        key = await self._keyring.day_key(day, "telling")
        rows = [
            _row(one, found.get(person), (day, key), receipt=receipts.get(person), now_ms=now_ms)
            for person in who
            for one in self._recipients
            if one.gets(agreed[person])
        ]
        if rows:
            await tx.execute(tellings.insert(), rows)

    async def is_due(self, tx: AsyncConnection, *, now_ms: int) -> bool:
        """Tell whether there is anything to pass on, to give up or to see to by hand."""
        is_over = (tellings.c.expires_at_ms <= now_ms) & (tellings.c.claimed_until_ms <= now_ms)
        is_by_hand = tellings.c.state == "by_hand"
        due = self._is_due(now_ms) | is_over | is_by_hand
        query = sa.select(tellings.c.telling_id).where(_IS_OPEN, due).limit(1)
        return (await tx.execute(query)).first() is not None

    async def claim(
        self, tx: AsyncConnection, *, now_ms: int, until_ms: int, but_not: Collection[str] = ()
    ) -> ClaimedTelling | None:
        """Take the telling that has been due for longest; nobody else gets it until then."""
        query = tellings.select().where(
            _IS_OPEN,
            self._is_due(now_ms),
            tellings.c.body.is_not(None),
            tellings.c.recipient.not_in(but_not),
        )
        oldest = query.order_by(tellings.c.due_at_ms).limit(1).with_for_update(skip_locked=True)
        row = (await tx.execute(oldest)).first()
        if row is None:
            return None
        attempts = row.attempts + 1
        taken = {"claimed_until_ms": until_ms, "attempts": attempts}
        await tx.execute(
            tellings.update().where(tellings.c.telling_id == row.telling_id).values(taken)
        )
        return ClaimedTelling(
            row.telling_id, row.recipient, row.erased_at_ms, attempts, row.key_day, row.body
        )

    async def open(self, claimed: ClaimedTelling) -> Who:
        """Open whom a claimed telling is about.

        Raises:
            Undecryptable: It was changed, or its key is gone.
        """
        key = await self._keyring.day_key(claimed.key_day, "telling")
        return _decode(open_sealed(key, claimed.body, _cell(claimed.telling_id)))

    async def try_again(self, tx: AsyncConnection, telling_id: bytes, *, due_at_ms: int) -> None:
        """Pass it on later."""
        later = {"claimed_until_ms": 0, "due_at_ms": due_at_ms}
        await tx.execute(tellings.update().where(tellings.c.telling_id == telling_id).values(later))

    async def settle(
        self, tx: AsyncConnection, telling_ids: Iterable[bytes], state: State, *, now_ms: int
    ) -> None:
        """Note how it ended, and delete whom it was about; without a receipt nothing stays."""
        ids = [{"id": telling_id} for telling_id in telling_ids]
        if not ids:
            return
        mine = tellings.c.telling_id == sa.bindparam("id")
        await tx.execute(tellings.delete().where(mine, tellings.c.receipt_hash.is_(None)), ids)
        end = {"state": state, "settled_at_ms": now_ms, "body": None, "key_day": None}
        # The recipient knows the old id, and with it the person.
        new = [{**one, "new": secrets.token_bytes(_ID_BYTES)} for one in ids]
        changed = tellings.update().where(mine).values(end | {"telling_id": sa.bindparam("new")})
        await tx.execute(changed, new)

    async def give_up_expired(self, tx: AsyncConnection, *, now_ms: int) -> Counter[str]:
        """Settle as given up what was not confirmed in time; return how many, by recipient."""
        over = (tellings.c.state == "waiting") & (tellings.c.expires_at_ms <= now_ms)
        free = tellings.c.claimed_until_ms <= now_ms
        return await self._settle_all(tx, over & free, "given_up", now_ms)

    async def note_by_hand(self, tx: AsyncConnection, *, now_ms: int) -> Counter[str]:
        """Settle what a person has to see to; return how many, by recipient, to remind of it."""
        return await self._settle_all(tx, tellings.c.state == "by_hand", "by_hand", now_ms)

    async def list_told(self, tx: AsyncConnection, number: str) -> list[Told]:
        """Return how far each recipient has been told, for a receipt's number."""
        query = tellings.select().where(tellings.c.receipt_hash == hash_of(number))
        rows = await tx.execute(query.order_by(tellings.c.recipient))
        return [
            Told(row.recipient, row.state, row.settled_at_ms or row.erased_at_ms) for row in rows
        ]

    async def list_key_days(self, tx: AsyncConnection) -> set[int]:
        """Return the days whose keys are still needed."""
        query = sa.select(tellings.c.key_day).where(_IS_OPEN, tellings.c.key_day.is_not(None))
        return set((await tx.execute(query.distinct())).scalars())

    def _is_due(self, now_ms: int) -> sa.ColumnElement[bool]:
        return (
            (tellings.c.state == "waiting")
            & (tellings.c.due_at_ms <= now_ms)
            & (tellings.c.expires_at_ms > now_ms)
            & (tellings.c.claimed_until_ms <= now_ms)
            & tellings.c.recipient.in_(self._reachable)
        )

    async def _settle_all(
        self, tx: AsyncConnection, which: sa.ColumnElement[bool], state: State, now_ms: int
    ) -> Counter[str]:
        query = sa.select(tellings.c.telling_id, tellings.c.recipient).where(_IS_OPEN, which)
        rows = (await tx.execute(query.with_for_update(skip_locked=True))).all()
        await self.settle(tx, [row.telling_id for row in rows], state, now_ms=now_ms)
        return Counter(row.recipient for row in rows)

    async def _find(self, tx: AsyncConnection, who: Sequence[PersonId]) -> dict[PersonId, Who]:
        """Return how recipients know these people; whose key is lost is not among them."""
        keys = await self._keyring.find(who)
        columns = (people.c.person_id, people.c.page_id, people.c.psid)
        found: dict[PersonId, Who] = {}
        for row in await tx.execute(sa.select(*columns).where(people.c.person_id.in_(keys))):
            try:
                psid = open_sealed(
                    keys[row.person_id], SealedBytes(row.psid), psid_cell(row.person_id)
                )
            except Undecryptable:
                continue  # one damaged row must not hold up an erasure
            found[row.person_id] = Who(row.page_id, psid.decode())
        return found


_IS_OPEN = tellings.c.settled_at_ms.is_(None)


async def _receipts_of(tx: AsyncConnection, who: Sequence[PersonId]) -> dict[PersonId, bytes]:
    columns = (erasures.c.person_id, erasures.c.receipt_hash)
    rows = await tx.execute(sa.select(*columns).where(erasures.c.person_id.in_(who)))
    return {row.person_id: row.receipt_hash for row in rows}


def _row(
    recipient: Recipient,
    who: Who | None,
    day_key: tuple[int, bytes],
    *,
    receipt: bytes | None,
    now_ms: int,
) -> dict[str, Any]:
    """Return a new row; where nobody knows any more who it was, it expires at once."""
    telling_id = secrets.token_bytes(_ID_BYTES)
    row = {
        "telling_id": telling_id,
        "receipt_hash": receipt,
        "recipient": recipient.key,
        "state": "waiting" if recipient.is_reachable else "by_hand",
        "key_day": None,
        "body": None,
        "erased_at_ms": now_ms,
        "due_at_ms": now_ms,
        "expires_at_ms": now_ms,
    }
    if who is None or not recipient.is_reachable:
        return row
    day, key = day_key
    body = seal(key, msgspec.json.encode(who), _cell(telling_id))
    until_ms = now_ms + TOLD_FOR_DAYS * _DAY_MS
    return row | {"key_day": day, "body": body, "expires_at_ms": until_ms}


def _cell(telling_id: bytes) -> Cell:
    return Cell("tellings", "body", telling_id, b"")
