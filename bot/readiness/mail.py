"""Whether the mail server takes mail from us."""

from bot.outbound.mail import MailError, Postman, mail_access
from bot.settings import Fault, Settings


async def mail_faults(settings: Settings) -> list[Fault]:
    """Return what keeps mail from leaving; nothing where no mail server is configured."""
    access = mail_access(settings)
    if access is None:
        return []
    try:
        await Postman(access).try_connection()
    except MailError as trouble:
        code = trouble.facts.get("code")
        told = trouble.facts["cause"] if code is None else f"code {code}"
        mend = "Check host, port and account; its certificate must be valid for this host."
        return [Fault("mail.host", f"a mail server that lets nobody in ({told})", mend)]
    return []
