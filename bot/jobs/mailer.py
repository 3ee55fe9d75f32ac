"""Sends the mails that are due, each claimed first, so that no two processes send the same."""

from collections.abc import Mapping

from bot.clock import Clock
from bot.logs import Action, action
from bot.metrics import Metrics
from bot.outbound.mail import MailError, MailNotNow, Postman
from storage import StorageError, Store, Transaction
from storage.broadcasts.records import Outcome
from storage.mails import ClaimedMail, Letter

#: Longer than a mail server can keep us waiting; whoever died with a mail holds it no longer.
LEASE_MS = 300_000
#: Mails in one call; the rest waits a second, so that no stop waits for it.
_AT_ONCE = 20
_FIRST_WAIT_MS = 30_000  # then 1, 2, 4 … minutes
_MAX_WAIT_MS = 3_600_000


class Mailer:
    """Takes mails out of the queue and hands them to the mail server.

    Args:
        store: Where they wait.
        clock: Tells the time.
        metrics: Counts them.
        postman: The line to the mail server; None where none is configured.
        gaps_ms: The least time between two broadcasts for one person, by purpose.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        postman: Postman | None,
        *,
        gaps_ms: Mapping[str, int],
    ) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._postman = postman
        self._gaps_ms = gaps_ms

    async def send_due(self) -> int:
        """Send what is due, and drop what is too old; return how many were taken."""
        now_ms = self._clock.now_ms()
        async with self._store.read(is_quick=True) as tx:
            if not await self._store.mails.is_due(tx, now_ms=now_ms):
                return 0
        await self._drop_expired(now_ms)
        taken = 0
        for _ in range(_AT_ONCE):
            claimed = await self._claim() if self._postman else None
            if claimed is None or self._postman is None:
                break
            taken += await self._send(self._postman, claimed)
        return taken

    async def _claim(self) -> ClaimedMail | None:
        now_ms = self._clock.now_ms()
        async with self._store.write(is_quick=True) as tx:
            return await self._store.mails.claim(
                tx, now_ms=now_ms, until_ms=now_ms + LEASE_MS, gaps_ms=self._gaps_ms
            )

    async def _send(self, postman: Postman, mail: ClaimedMail) -> bool:
        if mail.ends_as is not None:
            await self._end(mail, mail.ends_as)
            self._metrics.mailed("held_back")
            return False
        try:
            letter = await self._read(mail)
            if letter is None:
                return False
            await postman.send(letter, mail_id=mail.mail_id, at=self._clock.now())
        except MailNotNow as trouble:
            await self._put_off(mail, trouble)
        except (MailError, ValueError) as refused:  # ValueError: no mail can have this address
            await self._drop(mail, refused)
        else:
            await self._note_taken(mail)
            return True
        return False

    async def _read(self, mail: ClaimedMail) -> Letter | None:
        """Open it at the last moment: whoever was erased since the claim gets no mail."""
        try:
            async with self._store.read(is_quick=True) as tx:
                return await self._store.mails.read(tx, mail)
        except StorageError as trouble:
            await self._put_off(mail, trouble)
            return None

    async def _note_taken(self, mail: ClaimedMail) -> None:
        async with self._store.write(is_quick=True) as tx:
            await self._store.mails.remove(tx, mail.mail_id)
            await self._store.cases.mark_delivered(tx, [mail.case_id] if mail.case_id else [])
            looks = [mail.access_id] if mail.access_id else []
            now_ms = self._clock.now_ms()
            await self._store.accesses.mark_told(tx, looks, now_ms=now_ms)
            await self._store.policy_tellings.mark_told(tx, looks, now_ms=now_ms)
            notices = [mail.notice_id] if mail.notice_id else []
            await self._store.breach_notices.mark_sent(tx, notices, now_ms=now_ms)
            await self._end_delivery(tx, mail, "sent")
        self._metrics.mailed("accepted")

    async def _put_off(self, mail: ClaimedMail, trouble: Exception) -> None:
        wait_ms = min(_FIRST_WAIT_MS * 2 ** min(mail.attempts - 1, 10), _MAX_WAIT_MS)
        due_at_ms = self._clock.now_ms() + wait_ms
        async with self._store.write(is_quick=True) as tx:
            await self._store.mails.try_again(tx, mail.mail_id, due_at_ms=due_at_ms)
        self._tell(Action.MAIL_PUT_OFF, "put_off", trouble)

    async def _drop(self, mail: ClaimedMail, refused: Exception) -> None:
        await self._end(mail, "refused")
        self._tell(Action.MAIL_REFUSED, "refused", refused)

    async def _end(self, mail: ClaimedMail, outcome: Outcome) -> None:
        async with self._store.write(is_quick=True) as tx:
            await self._store.mails.remove(tx, mail.mail_id)
            await self._end_delivery(tx, mail, outcome)
            notices = [mail.notice_id] if mail.notice_id else []
            now_ms = self._clock.now_ms()
            await self._store.breach_notices.mark_undelivered(tx, notices, now_ms=now_ms)

    async def _end_delivery(self, tx: Transaction, mail: ClaimedMail, outcome: Outcome) -> None:
        ended = [mail.delivery_id] if mail.delivery_id else []
        await self._store.deliveries.end(tx, ended, outcome, now_ms=self._clock.now_ms())

    async def _drop_expired(self, now_ms: int) -> None:
        async with self._store.write(is_quick=True) as tx:
            dropped = await self._store.mails.drop_expired(tx, now_ms=now_ms)
            # Of use still: only the evening came before their turn.
            again = await self._store.deliveries.make_anew(tx, dropped.late, now_ms=now_ms)
            late = set(dropped.late).difference(again)
            await self._store.deliveries.end(tx, late, "expired", now_ms=now_ms)
            await self._store.deliveries.end(tx, dropped.doubted, "unknown", now_ms=now_ms)
            await self._store.breach_notices.mark_undelivered(tx, dropped.notices, now_ms=now_ms)
        for _ in range(dropped.count):
            self._metrics.mailed("expired")

    def _tell(self, what: Action, outcome: str, trouble: Exception) -> None:
        self._metrics.mailed(outcome)
        code = trouble.facts.get("code") if isinstance(trouble, MailError) else None
        cause = trouble.facts.get("cause") if isinstance(trouble, MailError) else None
        action(
            what,
            reason=type(trouble).__name__,
            error_class=str(cause) if cause else None,
            code=code if isinstance(code, int) else None,
        )
