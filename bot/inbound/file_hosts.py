"""Whose addresses of files are looked at: Meta's, and in development those of this machine."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

#: Hosts at which Meta keeps what people send.
META_HOSTS: Final = ("fbcdn.net", "fbsbx.com")
MAX_URL_CHARS: Final = 2000
_HTTPS_PORT: Final = 443


def may_be_fetched(url: str) -> bool:
    """Tell whether an address is Meta's, or one of this machine that only development follows."""
    return is_metas(url) or is_on_this_machine(url)


def is_metas(url: str) -> bool:
    """Tell whether an address is Meta's, over https, with nothing odd in it."""
    host, port, scheme = _parts(url)
    is_host = any(host == name or host.endswith(f".{name}") for name in META_HOSTS)
    return is_host and scheme == "https" and port in (None, _HTTPS_PORT)


def is_on_this_machine(url: str) -> bool:
    """Tell whether an address names a loopback address of this machine, by number."""
    host, _port, scheme = _parts(url)
    try:
        return scheme == "http" and ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(url: str) -> tuple[str, int | None, str]:
    """Return what has to be equal for two addresses to be of one server."""
    return _parts(url)


def _parts(url: str) -> tuple[str, int | None, str]:
    """Return host, port and scheme; all empty where the address is of no plain form."""
    nothing = ("", None, "")
    if len(url) > MAX_URL_CHARS or not url.isascii() or not url.isprintable() or "\\" in url:
        return nothing
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return nothing
    if parts.username is not None or parts.password is not None or " " in url:
        return nothing
    return parts.hostname or "", port, parts.scheme
