"""The line to the mail server; the only file that imports aiosmtplib.

The connection is encrypted and the server's certificate is checked, except to this same machine
while developing. A mail says nothing in its subject, and carries nothing that tells who reads it.
"""

import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address

import aiosmtplib

from bot.errors import BotError
from bot.settings import Settings
from storage.mails import Letter

#: Port of servers that speak TLS from the first byte.
_TLS_PORT = 465
#: A whole mail may take this long, for each step of it.
_TIMEOUT_S = 20.0
_FINAL = 500
#: A header in one piece (RFC 5322, 2.1.1): folding would encode a long address, and no mail program
#: finds List-Unsubscribe in that. What stands in a header says all that it has to in 7 bits.
_POLICY = SMTP.clone(max_line_length=998, cte_type="7bit")


class MailError(BotError):
    """The mail server did not take a mail."""

    advice = "Run `chatmagico check`: it asks the mail server."


class MailRefused(MailError):
    """The mail server will never take this mail: there is no such mailbox, or it is closed."""

    advice = "Nothing to do: the person is told in the chat when they next write."


class MailNotNow(MailError):
    """The mail server does not take this mail now."""


@dataclass(frozen=True, slots=True)
class MailAccess:
    """How mail leaves."""

    host: str
    port: int
    username: str
    password: str
    sender: str
    sender_name: str
    is_tls_from_the_start: bool
    #: Whether a server on this machine may be spoken to in clear.
    may_be_clear: bool

    def __repr__(self) -> str:
        """Show nothing secret, also not in a traceback."""
        return f"MailAccess(port={self.port})"


def mail_access(settings: Settings) -> MailAccess | None:
    """Return how mail leaves; None where no mail server is configured."""
    mail = settings.mail
    if mail is None:
        return None
    return MailAccess(
        host=mail.host,
        port=mail.port,
        username=mail.username,
        password=mail.password.get_secret_value() if mail.password else "",
        sender=mail.sender,
        sender_name=settings.controller.name or settings.pages[0].name,
        is_tls_from_the_start=mail.port == _TLS_PORT,
        may_be_clear=not settings.is_production and _is_loopback(mail.host),
    )


class Postman:
    """Hands letters to the mail server, one connection each."""

    def __init__(self, access: MailAccess) -> None:
        self._access = access
        self._tls = ssl.create_default_context()
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2

    async def send(self, letter: Letter, *, mail_id: bytes, at: datetime) -> None:
        """Hand one letter over; the same `mail_id` makes the same Message-ID.

        Raises:
            MailRefused: It will never be taken.
            MailNotNow: It may be taken later.
        """
        message = self._message(letter, mail_id=mail_id, at=at)
        try:
            async with self._connection() as server:
                # Flattened here: aiosmtplib would fold again, and encode a header it cannot fold.
                await server.sendmail(self._access.sender, [letter.to], message.as_bytes())
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise _error(refused.recipients[0].code, refused) from None
        except aiosmtplib.SMTPDataError as refused:
            raise _error(refused.code, refused) from None
        except (aiosmtplib.SMTPException, OSError) as trouble:
            # Also a refused sender or password: those are mended here, not at the recipient's.
            raise _not_now(trouble) from None

    async def try_connection(self) -> None:
        """Connect, sign in and leave.

        Raises:
            MailNotNow: One of these does not work.
        """
        try:
            async with self._connection():
                pass
        except (aiosmtplib.SMTPException, OSError) as trouble:
            raise _not_now(trouble) from None

    def _connection(self) -> aiosmtplib.SMTP:
        access = self._access
        is_tls = access.is_tls_from_the_start
        return aiosmtplib.SMTP(
            hostname=access.host,
            port=access.port,
            username=access.username or None,
            password=access.password or None,
            use_tls=is_tls,
            # None takes what the server offers, and is for development on this machine alone.
            start_tls=False if is_tls else None if access.may_be_clear else True,
            tls_context=self._tls,
            timeout=_TIMEOUT_S,
            # Otherwise it would look up and tell the name of this machine.
            local_hostname=_domain_of(access.sender),
        )

    def _message(self, letter: Letter, *, mail_id: bytes, at: datetime) -> EmailMessage:
        sender = self._access.sender
        message = EmailMessage(policy=_POLICY)
        message["From"] = Address(self._access.sender_name, addr_spec=sender)
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{mail_id.hex()}@{_domain_of(sender)}>"
        message["Auto-Submitted"] = "auto-generated"
        if letter.unsubscribe_url:
            # RFC 8058: the mail program's own button ends it, without a page in between.
            message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(letter.text, cte="quoted-printable")
        return message


def _error(code: int, trouble: Exception) -> MailError:
    kind = MailRefused if code >= _FINAL else MailNotNow
    return kind(code=code, cause=type(trouble).__name__)


def _not_now(trouble: Exception) -> MailNotNow:
    # The words of the server are left out: they may repeat to whom the mail was.
    return MailNotNow(code=getattr(trouble, "code", None), cause=type(trouble).__name__)


def _domain_of(address: str) -> str:
    return address.rpartition("@")[2]


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
