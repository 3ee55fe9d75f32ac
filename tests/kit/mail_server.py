"""A mail server on this machine, which can be down, refuse somebody, or ask to come back later."""

import asyncio
import ssl
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.kit.ports import free_port

ACCOUNT = ("bot", "a-mail-password-of-tests")


@dataclass
class MailServer(AbstractAsyncContextManager["MailServer"]):
    """Takes mail at a port of its own, encrypted where it has a certificate."""

    tls: ssl.SSLContext | None = None
    #: Whether TLS begins with the first byte instead of at STARTTLS.
    is_tls_from_the_start: bool = False
    port: int = field(default_factory=free_port)
    mails: list[EmailMessage] = field(default_factory=list)
    #: The same, as they came over the wire.
    raw: list[bytes] = field(default_factory=list)
    #: What recipients are answered from now on, such as "550 No such mailbox".
    refusal: str | None = None
    #: How often somebody has named a recipient.
    attempts: int = 0
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Open the door."""
        await self.starts()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.stops()

    async def starts(self) -> None:
        """Be there."""
        loop = asyncio.get_running_loop()
        outer = self.tls if self.is_tls_from_the_start else None
        self._server = await loop.create_server(self._session, "127.0.0.1", self.port, ssl=outer)

    async def stops(self) -> None:
        """Be away."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def has(self, count: int) -> bool:
        """Tell whether so many mails came."""
        return len(self.mails) == count

    async def was_asked(self, times: int) -> bool:
        """Tell whether a recipient was named so often."""
        return self.attempts >= times

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Return the table of the configuration that leads here."""
        return {"host": "127.0.0.1", "port": self.port, "sender": "bot@example.org", **changes}

    def _session(self) -> SMTP:
        inner = None if self.is_tls_from_the_start else self.tls
        return SMTP(
            self,
            hostname="mail.example.org",
            tls_context=inner,
            require_starttls=inner is not None,
            auth_required=inner is not None,
            auth_require_tls=inner is not None,
            authenticator=_sign_in,
            enable_SMTPUTF8=True,
        )

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        """Take a recipient, or not."""
        self.attempts += 1
        if self.refusal is not None:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, _server: object, _session: object, envelope: Any
    ) -> str:
        """Keep a mail."""
        raw = cast("bytes", envelope.original_content)
        self.raw.append(raw)
        self.mails.append(cast("EmailMessage", message_from_bytes(raw, policy=POLICY)))
        return "250 Taken"


def _sign_in(
    _server: object, _session: object, _envelope: object, _mechanism: str, given: Any
) -> AuthResult:
    is_ours = isinstance(given, LoginPassword) and (
        (given.login.decode(), given.password.decode()) == ACCOUNT
    )
    return AuthResult(success=is_ours, handled=False)


def text_of(mail: EmailMessage) -> str:
    """Return what a mail says."""
    return str(mail.get_content())
