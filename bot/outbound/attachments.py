"""Fetches a file that somebody sent, from where Meta keeps it, and from nowhere else.

An address that came from outside must not lead into our own network. So the name is resolved once,
every address it has must be public, and the connection goes to the address that was looked at.
There are no redirects, and nothing is unpacked.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, Literal
from urllib.parse import urlsplit

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.inbound.file_hosts import is_metas, origin_of

MAX_FILE_BYTES: Final = 1024 * 1024
WITHIN_S: Final = 10.0
_OK: Final = 200

#: An IPv6 address in here stands for any IPv4 address, a private one too.
_NAT64: Final = IPv6Network("64:ff9b::/96")
Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
NotFetched = Literal["too_large", "unreachable"]


async def resolve(host: str, port: int) -> list[str]:
    """Return every address that a name has now."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the internet at large."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if inner is not None and not is_public(inner):
        return False
    is_special = address.is_multicast or address.is_reserved or address.is_unspecified
    is_special = is_special or getattr(address, "is_site_local", False)
    return address.is_global and not is_special and address not in _NAT64


@dataclass(frozen=True, slots=True)
class Attachments:
    """Fetches files, each within its bounds."""

    #: A server that is trusted besides Meta's; in development the simulator, else nothing.
    also: str = ""
    max_bytes: int = MAX_FILE_BYTES
    within_s: float = WITHIN_S
    resolve: Resolve = resolve

    async def fetch(self, url: str) -> bytes | NotFetched:
        """Return the file at an address, or why there is none."""
        is_trusted = bool(self.also) and origin_of(url) == origin_of(self.also)
        if not (is_trusted or is_metas(url)):
            return "unreachable"
        try:
            async with asyncio.timeout(self.within_s):
                address = await self._checked_address(url, is_trusted=is_trusted)
                return await self._read(url, address) if address else "unreachable"
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return "unreachable"

    async def _checked_address(self, url: str, *, is_trusted: bool) -> str | None:
        """Return the address to connect to; None where one of the name's is not public."""
        parts = urlsplit(url)
        found = await self.resolve(parts.hostname or "", parts.port or 443)
        are_good = is_trusted or all(is_public(ip_address(address)) for address in found)
        return found[0] if found and are_good else None

    async def _read(self, url: str, address: str) -> bytes | NotFetched:
        connector = aiohttp.TCPConnector(resolver=_Pinned(address), use_dns_cache=False)
        async with (
            aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            ) as session,
            session.get(
                url, allow_redirects=False, headers={hdrs.ACCEPT_ENCODING: "identity"}
            ) as answer,
        ):
            if answer.status != _OK or hdrs.CONTENT_ENCODING in answer.headers:
                return "unreachable"
            if (answer.content_length or 0) > self.max_bytes:
                return "too_large"
            content = bytearray()
            async for piece in answer.content.iter_any():
                content += piece
                if len(content) > self.max_bytes:
                    return "too_large"
            return bytes(content)


class _Pinned(AbstractResolver):
    """Knows one address for every name: the one that was looked at."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        del family
        is_v6 = ip_address(self._address).version == 6  # noqa: PLR2004 - the version's own number
        return [
            ResolveResult(
                hostname=host,
                host=self._address,
                port=port,
                family=socket.AF_INET6 if is_v6 else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing is open."""
