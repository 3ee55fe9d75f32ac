"""Whether the certificate can be used."""

import ssl

from bot.settings import Fault, Settings


def certificate_faults(settings: Settings) -> list[Fault]:
    """Return what keeps the bot from ending TLS itself; nothing where a proxy does it."""
    server = settings.server
    if server.tls_certificate_file is None:
        return []
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # The answer for a password: without it, OpenSSL would ask at the terminal.
        context.load_cert_chain(server.tls_certificate_file, server.tls_key_file, password="")
    except (ssl.SSLError, OSError) as refused:
        found = f"a certificate that cannot be used ({type(refused).__name__})"
        mend = "Write certificate and key in PEM form, belonging together, the key unencrypted."
        return [Fault("server.tls_certificate_file", found, mend)]
    return []
