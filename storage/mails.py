"""Mail on its way to people who proved that an address is theirs, and codes that prove it.

    waiting --claim--> one process's for a while --accepted or refused--> (gone)
                         |--not now--> waiting, due later
                         `--that process died--> waiting, once the while is over

A mail is claimed in a transaction that is committed before the call to the mail server, and read
only then: what was cancelled or erased meanwhile is not there to be sent.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcasts.audience import agrees
from storage.broadcasts.frequency import Frequency
from storage.db.broadcast_tables import broadcasts, runs
from storage.db.hold_tables import page_holds
from storage.db.tables import consent_status, deliveries, erasures, mails, people
from storage.errors import KeyLost
from storage.keyring import Keyring
from storage.records import PersonId
from storage.vault.sealing import Cell, open_sealed, seal


class Letter(msgspec.Struct, frozen=True, omit_defaults=True):
    """A mail as it is sealed: to whom, and in which words."""

    to: str
    #: Says nothing of the content: subjects travel and are listed in clear.
    subject: str
    text: str
    #: Where one press ends what it is about: of a broadcast, and of nothing else.
    unsubscribe_url: str = ""


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
    #: The look at the person's data, or the version of the notice, it tells of, if it does.
    access_id: bytes | None = None
    #: The delivery of a broadcast it is.
    delivery_id: bytes | None = None
    #: The notice of a breach it is, if it is one.
    notice_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail that this process, and no other, may send now."""

    mail_id: bytes
    person_id: PersonId
    #: How often it was claimed, this time included.
    attempts: int
    case_id: bytes | None
    access_id: bytes | None
    delivery_id: bytes | None
    notice_id: bytes | None
    #: Why a broadcast may not leave: no consent stands, or whoever had it before may have sent it.
    ends_as: Literal["opted out", "restricted", "too often", "unknown"] | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """Mails that were deleted unsent: deliveries and notices, and what may have left before."""

    count: int
    late: list[bytes]
    doubted: list[bytes]
    notices: list[bytes]


_decode = msgspec.json.Decoder(Letter).decode


class Mails:
    """Takes mails in, hands each to one process, and forgets it once its fate is known."""

    def __init__(self, keyring: Keyring, frequency: Frequency) -> None:
        self._keyring = keyring
        self._frequency = frequency

    async def add(self, tx: AsyncConnection, new: NewMail) -> None:
        """Queue a mail."""
        mail_id = secrets.token_bytes(16)
        body = msgspec.json.encode(new.letter)
        row = {
            "mail_id": mail_id,
            "person_id": new.person_id,
            "case_id": new.case_id,
            "access_id": new.access_id,
            "delivery_id": new.delivery_id,
            "notice_id": new.notice_id,
            "body": seal(new.key, body, _cell(mail_id, new.person_id)),
            "due_at_ms": new.due_at_ms,
            "expires_at_ms": new.expires_at_ms,
        }
        await tx.execute(mails.insert(), [row])

    async def is_due(self, tx: AsyncConnection, *, now_ms: int) -> bool:
        """Tell whether a mail may be claimed, or is to be dropped."""
        over = mails.c.expires_at_ms <= now_ms
        query = sa.select(mails.c.mail_id).where(_is_due(now_ms) | over).limit(1)
        return (await tx.execute(query)).first() is not None

    async def claim(
        self,
        tx: AsyncConnection,
        *,
        now_ms: int,
        until_ms: int,
        gaps_ms: Mapping[str, int],
    ) -> ClaimedMail | None:
        """Take the mail that has been due for longest; nobody else gets it until then.

        Args:
            tx: The transaction.
            now_ms: The present time.
            until_ms: Whoever has it holds it no longer.
            gaps_ms: The least time between two broadcasts for one person, by purpose.
        """
        query = mails.select().where(_is_due(now_ms), mails.c.expires_at_ms > now_ms)
        oldest = query.order_by(mails.c.due_at_ms).limit(1).with_for_update(skip_locked=True)
        row = (await tx.execute(oldest)).first()
        if row is None:
            return None
        attempts = row.attempts + 1
        taken = {"claimed_until_ms": until_ms, "attempts": attempts}
        await tx.execute(mails.update().where(mails.c.mail_id == row.mail_id).values(taken))
        claimed = ClaimedMail(
            row.mail_id,
            PersonId(row.person_id),
            attempts,
            row.case_id,
            row.access_id,
            row.delivery_id,
            row.notice_id,
        )
        if row.delivery_id is None:
            return claimed
        if row.claimed_until_ms:  # never put off: whoever had it died with it
            return replace(claimed, ends_as="unknown")
        return await self._asked_again(tx, claimed, row.delivery_id, gaps_ms, now_ms)

    async def _asked_again(
        self,
        tx: AsyncConnection,
        claimed: ClaimedMail,
        delivery_id: bytes,
        gaps_ms: Mapping[str, int],
        now_ms: int,
    ) -> ClaimedMail:
        """Ask once more, at the claim, whether a broadcast may be mailed."""
        found = (await tx.execute(_standing(delivery_id))).first()
        if found is None or not found.agrees:
            return replace(claimed, ends_as="opted out")
        if found.restricted_since_ms is not None:
            return replace(claimed, ends_as="restricted")
        wanted = [(claimed.person_id, found.purpose_id, delivery_id)]
        if await self._frequency.take(tx, wanted, gaps_ms=gaps_ms, now_ms=now_ms):
            return replace(claimed, ends_as="too often")
        return claimed

    async def read(self, tx: AsyncConnection, claimed: ClaimedMail) -> Letter | None:
        """Open a claimed mail just before it leaves; None where it is not to leave any more.

        Raises:
            KeyLost: The key of its person is missing.
            Undecryptable: It was changed.
        """
        mine = mails.c.mail_id == claimed.mail_id
        row = (await tx.execute(sa.select(mails.c.body).where(mine, ~_is_being_erased()))).first()
        if row is None:
            return None
        key = (await self._keyring.find([claimed.person_id])).get(claimed.person_id)
        if key is None:
            raise KeyLost
        return _decode(open_sealed(key, row.body, _cell(claimed.mail_id, claimed.person_id)))

    async def remove(self, tx: AsyncConnection, mail_id: bytes) -> None:
        """Delete a mail whose fate is known."""
        await tx.execute(mails.delete().where(mails.c.mail_id == mail_id))

    async def try_again(self, tx: AsyncConnection, mail_id: bytes, *, due_at_ms: int) -> None:
        """Send a mail later that surely was not taken."""
        later = {"claimed_until_ms": 0, "due_at_ms": due_at_ms}
        await tx.execute(mails.update().where(mails.c.mail_id == mail_id).values(later))

    async def drop_pending(self, tx: AsyncConnection, run_id: bytes, *, limit: int) -> list[bytes]:
        """Delete mails of a run that nobody has claimed; return their deliveries."""
        of_run = sa.select(deliveries.c.delivery_id).where(
            deliveries.c.run_id == run_id, deliveries.c.outcome == "queued"
        )
        some = sa.select(mails.c.mail_id).where(
            mails.c.claimed_until_ms == 0, mails.c.delivery_id.in_(of_run)
        )
        gone = mails.delete().where(mails.c.mail_id.in_(some.limit(limit)))
        return list((await tx.execute(gone.returning(mails.c.delivery_id))).scalars())

    async def is_failing(self, tx: AsyncConnection, *, tries: int) -> bool:
        """Tell whether a mail was tried so often in vain, and still waits."""
        query = sa.select(mails.c.mail_id).where(mails.c.attempts >= tries).limit(1)
        return (await tx.execute(query)).first() is not None

    async def drop_expired(self, tx: AsyncConnection, *, now_ms: int) -> Dropped:
        """Delete mails that are of no use any more; return what they were."""
        over = (mails.c.expires_at_ms <= now_ms) & (mails.c.claimed_until_ms <= now_ms)
        what = mails.c.delivery_id, mails.c.notice_id, mails.c.claimed_until_ms
        rows = (await tx.execute(mails.delete().where(over).returning(*what))).all()
        return Dropped(
            count=len(rows),
            late=[one.delivery_id for one in rows if one.delivery_id and not one.claimed_until_ms],
            doubted=[one.delivery_id for one in rows if one.delivery_id and one.claimed_until_ms],
            notices=[one.notice_id for one in rows if one.notice_id],
        )


def _standing(delivery_id: bytes) -> sa.Select[Any]:
    return (
        sa.select(deliveries.c.purpose_id, people.c.restricted_since_ms, agrees().label("agrees"))
        .select_from(deliveries)
        .join(people, people.c.person_id == deliveries.c.person_id)
        .join(
            consent_status,
            (consent_status.c.person_id == deliveries.c.person_id)
            & (consent_status.c.purpose_id == deliveries.c.purpose_id),
        )
        .where(deliveries.c.delivery_id == delivery_id)
    )


def _is_due(now_ms: int) -> sa.ColumnElement[bool]:
    return (
        (mails.c.due_at_ms <= now_ms)
        & (mails.c.claimed_until_ms <= now_ms)
        & ~_is_being_erased()
        & ~_rests()
    )


def _rests() -> sa.ColumnElement[bool]:
    """Match mails of broadcasts that do not go on, or whose Page an admin holds."""
    is_held = sa.exists().where(page_holds.c.page_id == broadcasts.c.page_id)
    return (
        sa.exists()
        .where(deliveries.c.delivery_id == mails.c.delivery_id)
        .where(runs.c.run_id == deliveries.c.run_id, broadcasts.c.number == runs.c.number)
        .where(broadcasts.c.state.in_(("paused", "cancelled")) | is_held)
    )


def _is_being_erased() -> sa.Exists:
    return sa.exists().where(erasures.c.person_id == mails.c.person_id)


def _cell(mail_id: bytes, person: PersonId) -> Cell:
    return Cell("mails", "body", mail_id, person)
