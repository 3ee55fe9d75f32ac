"""Mail: encrypted, silent in its subject, once, and never to somebody who is gone."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.clock import MovableClock
from bot.jobs.mailer import LEASE_MS, Mailer
from bot.metrics import Metrics
from bot.outbound.mail import MailNotNow, Postman, mail_access
from bot.readiness.mail import mail_faults
from bot.settings import Settings
from storage import PersonId, Store
from storage.db.tables import mails, people
from storage.erasure import order_erasure
from storage.mails import Letter, NewMail
from storage.people import psid_cell
from storage.vault.sealing import seal
from storage.vault.secrets import FileSecrets
from tests.bot.inbound.certificate import issue_certificate
from tests.kit.deployment import Databases, make_settings
from tests.kit.mail_server import ACCOUNT, MailServer, text_of

LETTER = Letter("grace@example.org", "A message from Club", "Grüße,\nyour answer.")
DAY_MS = 86_400_000
SIGNED_IN = {"username": ACCOUNT[0], "password": ACCOUNT[1]}


@dataclass
class Mailing:
    """A mailer beside its queue."""

    store: Store
    clock: MovableClock
    mailer: Mailer
    metrics: Metrics

    async def person(self) -> tuple[PersonId, bytes]:
        """Let somebody be known."""
        who = PersonId(b"p" * 16)
        key = (await self.store.keyring.create([who], now_ms=0))[who]
        row = {"person_id": who, "page_id": "1", "lookup": b"l" * 32, "window_ends_at_ms": 0}
        row |= {"erase_due_at_ms": 2**60, "created_at_ms": 0}
        async with self.store.write() as tx:
            await tx.execute(people.insert(), [row | {"psid": seal(key, b"7", psid_cell(who))}])
        return who, key

    async def queue(self, letter: Letter = LETTER) -> PersonId:
        """Put a mail to somebody new into the queue."""
        who, key = await self.person()
        now_ms = self.clock.now_ms()
        new = NewMail(who, key, letter, due_at_ms=now_ms, expires_at_ms=now_ms + DAY_MS)
        async with self.store.write() as tx:
            await self.store.mails.add(tx, new)
        return who

    async def rows(self) -> list[Any]:
        """Return what is in the queue."""
        async with self.store.read() as tx:
            return list(await tx.execute(mails.select()))


def _settings(databases: Databases, server: MailServer, **more: Any) -> Settings:
    return make_settings(
        databases, graph_url="http://127.0.0.1:1", port=1, mail=server.settings(**more)
    )


@asynccontextmanager
async def mailing(databases: Databases, server: MailServer, **more: Any) -> AsyncIterator[Mailing]:
    """Wire a mailer to a queue and a mail server."""
    settings = _settings(databases, server, **more)
    secrets = FileSecrets(databases.folder / "keys" / "keys.secret").load()
    tombstones = databases.folder / "keys" / "tombstones"
    store = Store(databases.url, databases.keys_url, secrets, tombstones=tombstones)
    access = mail_access(settings)
    assert access is not None
    clock, metrics = MovableClock(), Metrics()
    try:
        await store.prepare()
        await store.guard.begin(now_ms=0)
        yield Mailing(
            store, clock, Mailer(store, clock, metrics, Postman(access), gaps_ms={}), metrics
        )
    finally:
        await store.close()


@pytest.fixture
def encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    """A mail server with STARTTLS, whose certificate this machine trusts."""
    certificate = issue_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate_file))
    return MailServer(tls=certificate.for_server())


async def test_a_mail_arrives_once_and_says_nothing_in_its_subject(
    databases: Databases, encrypted: MailServer
) -> None:
    """Over STARTTLS: plain text, marked as automatic, dated by the clock, nothing that tracks."""
    async with encrypted, mailing(databases, encrypted, **SIGNED_IN) as half:
        await half.queue()
        assert await half.mailer.send_due() == 1
        assert await half.mailer.send_due() == 0
        assert await half.rows() == []
        (mail,) = encrypted.mails
        assert text_of(mail).splitlines() == ["Grüße,", "your answer."]
        assert mail["Subject"] == "A message from Club"
        assert mail["From"] == "Garden and Book Club <bot@example.org>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Date"].datetime == half.clock.now().replace(microsecond=0)
        assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", mail["Message-ID"])
        assert mail.get_content_type() == "text/plain"


async def test_tls_from_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, databases: Databases
) -> None:
    """As on port 465: there is no word in clear, and the same certificate check."""
    certificate = issue_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate_file))
    async with MailServer(certificate.for_server(), is_tls_from_the_start=True) as server:
        access = mail_access(_settings(databases, server))
        assert access is not None
        line = Postman(replace(access, is_tls_from_the_start=True))
        await line.send(LETTER, mail_id=b"m", at=MovableClock().now())
        assert len(server.mails) == 1
    on_465 = mail_access(_settings(databases, MailServer(port=465)))
    assert on_465 is not None
    assert on_465.is_tls_from_the_start


async def test_any_name_of_a_controller_stays_a_name(
    databases: Databases, encrypted: MailServer
) -> None:
    """Commas, umlauts and brackets in it make no second sender."""
    name = "Müller, Groß & Co. <somebody@example.net>"
    async with encrypted, mailing(databases, encrypted, **SIGNED_IN) as half:
        access = mail_access(_settings(databases, encrypted, **SIGNED_IN))
        assert access is not None
        postman = Postman(replace(access, sender_name=name))
        await half.queue()
        assert (
            await Mailer(half.store, half.clock, half.metrics, postman, gaps_ms={}).send_due() == 1
        )
        (sender,) = encrypted.mails[0]["From"].addresses
        assert (sender.display_name, sender.addr_spec) == (name, "bot@example.org")


async def test_an_unknown_certificate_gets_nothing(tmp_path: Path, databases: Databases) -> None:
    """Whoever is at the other end must prove who they are; the mail waits."""
    server = MailServer(tls=issue_certificate(tmp_path).for_server())
    async with server, mailing(databases, server, **SIGNED_IN) as half:
        await half.queue()
        assert await half.mailer.send_due() == 0
        assert len(await half.rows()) == 1
    assert server.attempts == 0


async def test_production_speaks_to_no_mail_server_in_clear(databases: Databases) -> None:
    """A server without STARTTLS gets neither password nor mail."""
    async with MailServer() as server:
        access = mail_access(_settings(databases, server))
        assert access is not None
        await Postman(access).try_connection()
        with pytest.raises(MailNotNow, match="SMTPException"):
            await Postman(replace(access, may_be_clear=False)).try_connection()


async def test_a_server_that_is_down_gets_the_mail_later_and_once(databases: Databases) -> None:
    """It is tried again with growing waits; once the server is up there is exactly one mail."""
    server = MailServer()
    async with mailing(databases, server) as half:
        await half.queue()
        waits = []
        for _ in range(3):
            assert await half.mailer.send_due() == 0
            (row,) = await half.rows()
            waits.append(row.due_at_ms - half.clock.now_ms())
            half.clock.move(waits[-1] / 1000)
        assert waits == sorted(set(waits))
        async with server:
            assert await half.mailer.send_due() == 1
            half.clock.move(3600)
            assert await half.mailer.send_due() == 0
            assert len(server.mails) == 1


async def test_a_mailbox_that_does_not_exist_ends_the_mail(databases: Databases) -> None:
    """5xx for the recipient: dropped and counted; nothing of whom it was for."""
    server = MailServer(refusal="550 No such mailbox")
    async with server, mailing(databases, server) as half:
        await half.queue()
        await half.mailer.send_due()
        assert await half.rows() == []
        counted = half.metrics.exposition().decode()
        assert 'chatmagico_mails_total{outcome="refused"} 1.0' in counted
        assert "grace" not in counted


async def test_a_greylisting_server_gets_the_mail_later(databases: Databases) -> None:
    """4xx: not now."""
    server = MailServer(refusal="451 Come back later")
    async with server, mailing(databases, server) as half:
        await half.queue()
        assert await half.mailer.send_due() == 0
        server.refusal = None
        assert await half.mailer.send_due() == 0
        half.clock.move(60)
        assert await half.mailer.send_due() == 1


async def test_a_claimed_mail_of_an_erased_person_stays_unsent(databases: Databases) -> None:
    """Between the claim and the call the person was erased: nothing leaves."""
    async with MailServer() as server, mailing(databases, server) as half:
        who = await half.queue()
        store, now_ms = half.store, half.clock.now_ms()
        async with store.write() as tx:
            claimed = await store.mails.claim(
                tx, now_ms=now_ms, until_ms=now_ms + LEASE_MS, gaps_ms={}
            )
        assert claimed is not None
        async with store.write() as tx:
            await order_erasure(tx, store.receipts, who, now_ms=now_ms)
        async with store.read() as tx:
            assert await store.mails.read(tx, claimed) is None
        half.clock.move(2 * LEASE_MS / 1000)
        assert await half.mailer.send_due() == 0
        assert await store.complete_erasures(now_ms=half.clock.now_ms()) == 1
        assert await half.rows() == []
    assert server.attempts == 0


async def test_a_mail_of_a_dead_process_is_claimed_again(databases: Databases) -> None:
    """Nobody else has it while the lease lasts; afterwards somebody does."""
    async with MailServer() as server, mailing(databases, server) as half:
        await half.queue()
        now_ms = half.clock.now_ms()
        async with half.store.write() as tx:
            await half.store.mails.claim(tx, now_ms=now_ms, until_ms=now_ms + LEASE_MS, gaps_ms={})
        assert await half.mailer.send_due() == 0
        half.clock.move(LEASE_MS / 1000 + 1)
        assert await half.mailer.send_due() == 1


async def test_an_old_mail_is_dropped(databases: Databases) -> None:
    """What no server took in time is of no use any more."""
    server = MailServer()
    async with mailing(databases, server) as half:
        await half.queue()
        half.clock.move(DAY_MS / 1000 + 1)
        await half.mailer.send_due()
        assert await half.rows() == []


async def test_no_mail_is_readable_on_the_disk(databases: Databases) -> None:
    """Neither address nor text stands unsealed in the queue."""
    async with mailing(databases, MailServer()) as half:
        await half.queue()
        async with half.store.read() as tx:
            (body,) = (await tx.execute(sa.select(mails.c.body))).scalars()
    assert b"grace" not in bytes(body)


async def test_check_asks_the_mail_server(databases: Databases, encrypted: MailServer) -> None:
    """Good: nothing to say. Down, or a wrong password: one fault that names the key to mend."""
    async with encrypted:
        assert await mail_faults(_settings(databases, encrypted, **SIGNED_IN)) == []
        wrong = {"username": ACCOUNT[0], "password": "wrong"}
        (fault,) = await mail_faults(_settings(databases, encrypted, **wrong))
        assert fault.key == "mail.host"
        assert "535" in fault.found
        assert "wrong" not in f"{fault}"
    (fault,) = await mail_faults(_settings(databases, encrypted, **SIGNED_IN))
    assert fault.key == "mail.host"
