"""Clear HTTP is refused, also where a proxy in front took it in.

| answered | TLS ends here | peer is a trusted proxy | X-Forwarded-Proto        |
|----------|---------------|-------------------------|--------------------------|
| yes      | yes           | no                      | anything, it is not read |
| yes      | yes           | yes                     | absent                   |
| yes      | yes or no     | yes                     | exactly one, `https`     |
| 403      | any other case                                                    |

It is a refusal and no redirect: the body, with what people wrote, has already been sent in the
clear, and a redirect would hide that. In development, requests from the machine itself are answered
as well. The address is looked at and forgotten: no log line and no answer holds it.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bot.inbound.discretion import HEADERS

Network = IPv4Network | IPv6Network


def https_only(trusted: Sequence[Network], *, allows_loopback: bool = False) -> Middleware:
    """Return the middleware that refuses clear HTTP.

    Args:
        trusted: The networks of the proxies whose `X-Forwarded-Proto` counts.
        allows_loopback: Answer clear HTTP from the machine itself; for development only.
    """

    @web.middleware
    async def refuse_clear_http(request: web.Request, handler: Handler) -> web.StreamResponse:
        peer = _peer(request)
        protos = request.headers.getall(hdrs.X_FORWARDED_PROTO, ())
        if is_https(is_tls=request.secure, peer=peer, protos=protos, trusted=trusted) or (
            allows_loopback and peer is not None and peer.is_loopback
        ):
            return await handler(request)
        return web.Response(status=403, headers=HEADERS)

    return refuse_clear_http


def is_https(
    *,
    is_tls: bool,
    peer: IPv4Address | IPv6Address | None,
    protos: Sequence[str],
    trusted: Sequence[Network],
) -> bool:
    """Tell whether the whole way of a request was encrypted, by the table above.

    Args:
        is_tls: Whether TLS ends in this process.
        peer: Who opened the connection; None where that is unknown, which is never trusted.
        protos: Every `X-Forwarded-Proto` header of the request.
        trusted: The networks of the trusted proxies.
    """
    is_proxy = peer is not None and any(peer in network for network in trusted)
    if is_proxy and protos:
        return list(protos) == ["https"]
    return is_tls


def _peer(request: web.Request) -> IPv4Address | IPv6Address | None:
    """Return the address of who connected; an IPv4 address in an IPv6 coat is taken out of it."""
    name = request.transport.get_extra_info("peername") if request.transport else None
    if not isinstance(name, tuple):  # a socket file has no address
        return None
    address = ip_address(name[0])
    return getattr(address, "ipv4_mapped", None) or address
