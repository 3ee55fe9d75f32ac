"""Clear HTTP is refused, whoever took it in."""

import ssl
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient

from bot.inbound.deadline import listen, runner_of
from bot.inbound.forwarded import https_only, is_https

from .certificate import Certificate

PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"))
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("is_tls", "peer", "protos", "is_answered"),
    [
        # no proxy: only TLS counts, the header is anybody's
        (True, "192.0.2.1", [], True),
        (True, "192.0.2.1", ["http"], True),
        (False, "192.0.2.1", [], False),
        (False, "192.0.2.1", ["https"], False),
        (False, None, ["https"], False),
        (True, None, [], True),
        # a trusted proxy: what it says counts
        (False, "10.1.2.3", ["https"], True),
        (False, "2001:db8::1", ["https"], True),
        (False, "10.1.2.3", [], False),
        (False, "10.1.2.3", ["http"], False),
        (False, "10.1.2.3", ["https", "https"], False),
        (False, "10.1.2.3", ["https,https"], False),
        (False, "10.1.2.3", ["https, http"], False),
        (False, "10.1.2.3", ["http, https"], False),
        (False, "10.1.2.3", ["http", "https"], False),
        (False, "10.1.2.3", ["HTTPS"], False),
        (False, "10.1.2.3", ["wss"], False),
        (False, "10.1.2.3", [""], False),
        # a trusted proxy that speaks TLS to us, but perhaps not to the outside
        (True, "10.1.2.3", [], True),
        (True, "10.1.2.3", ["https"], True),
        (True, "10.1.2.3", ["http"], False),
        # next to a trusted network, and of the other family
        (False, "11.0.0.1", ["https"], False),
        (False, "2001:db9::1", ["https"], False),
        (False, "::1", ["https"], False),
    ],
)
def test_table_of_proxies_and_headers(
    *, is_tls: bool, peer: str | None, protos: list[str], is_answered: bool
) -> None:
    """Each combination of TLS, peer and header has one answer."""
    address = ip_address(peer) if peer else None
    assert is_https(is_tls=is_tls, peer=address, protos=protos, trusted=PROXIES) is is_answered


async def _hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


async def _client(
    aiohttp_client: Any, trusted: Any, **options: bool
) -> TestClient[web.Request, web.Application]:
    app = web.Application(middlewares=[https_only(trusted, **options)])
    app.router.add_get("/", _hello)
    client: TestClient[web.Request, web.Application] = await aiohttp_client(app)
    return client


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("X-Forwarded-Proto", "https")], 200),
        ([], 403),
        ([("X-Forwarded-Proto", "http")], 403),
        ([("X-Forwarded-Proto", "https"), ("X-Forwarded-Proto", "https")], 403),
        ([("Forwarded", "proto=https")], 403),
        ([("X-Forwarded-Scheme", "https")], 403),
    ],
)
async def test_trusted_proxy_over_http(aiohttp_client: Any, headers: Any, status: int) -> None:
    """A proxy in a trusted network is believed, if it says one clear thing."""
    client = await _client(aiohttp_client, LOOPBACK)
    async with client.get("/", headers=headers) as answer:
        assert answer.status == status
        assert "Location" not in answer.headers


async def test_untrusted_peer_is_not_believed(aiohttp_client: Any) -> None:
    """Whoever is no trusted proxy cannot talk clear HTTP into being HTTPS."""
    client = await _client(aiohttp_client, PROXIES)
    async with client.get("/", headers={"X-Forwarded-Proto": "https"}) as answer:
        assert (answer.status, await answer.text()) == (403, "")


async def test_development_answers_the_machine_itself(aiohttp_client: Any) -> None:
    """In development, clear HTTP on loopback is answered."""
    client = await _client(aiohttp_client, (), allows_loopback=True)
    async with client.get("/") as answer:
        assert answer.status == 200


async def test_tls_that_ends_here_is_answered(certificate: Certificate) -> None:
    """With a certificate of its own the bot needs no proxy."""
    app = web.Application(middlewares=[https_only(())])
    app.router.add_get("/", _hello)
    runner = runner_of(app)
    await runner.setup()
    server = await listen(runner, host="127.0.0.1", port=0, ssl=certificate.for_server())
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with ClientSession() as client, client.get(url, ssl=certificate.for_client()) as answer:
        assert answer.status == 200
    server.close()
    await runner.cleanup()


def test_certificate_is_checked(certificate: Certificate) -> None:
    """The test's own client verifies, so the test above means something."""
    assert certificate.for_client().verify_mode is ssl.CERT_REQUIRED
