"""A file is fetched from Meta's hosts only, at public addresses, within bounds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address

import pytest
from aiohttp import web

from bot.inbound.file_hosts import is_metas, may_be_fetched
from bot.outbound.attachments import Attachments, Resolve, is_public

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
META_URL = "https://cdn.fbsbx.com/v/t59/my-data.html?oh=1"

PRIVATE = (
    *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("0.0.0.1", "100.64.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fc00::1", "fd00::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1"),
    *("fec0::1", "64:ff9b:1::7f00:1", "2001:0:7f00:1::1"),
)


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[str]:
    """Serve every address on this machine with one handler; yields the origin."""
    app = web.Application()
    app.router.add_get("/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def resolving_to(*addresses: str) -> Resolve:
    """Return what finds these addresses for every name."""

    async def resolve(host: str, port: int) -> list[str]:
        del host, port
        return list(addresses)

    return resolve


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_that_leads_into_a_private_network_is_not_followed(address: str) -> None:
    """Also where another of its addresses is public: it is not a name of Meta's then."""
    assert not is_public(ip_address(address))
    for found in ((address,), ("157.240.1.1", address)):
        assert await Attachments(resolve=resolving_to(*found)).fetch(META_URL) == "unreachable"


@pytest.mark.parametrize("address", ["157.240.1.1", "2a03:2880:f10d::1", "8.8.8.8"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    """Those are what Meta's names lead to."""
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.fbsbx.com/f",
        "https://cdn.fbsbx.com.example.org/f",
        "https://evilfbcdn.net/f",
        "https://example.org/?x=fbcdn.net",
        "https://example.org#.fbcdn.net",
        "https://fbcdn.net@example.org/f",
        "https://user:pw@cdn.fbsbx.com/f",
        "https://cdn.fbsbx.com:8443/f",
        "https://cdn.fbsbx.com:99999/f",
        "https://cdn.fbsbx.com\\@example.org/f",
        "https://cdn.fbsbx.com\t.example.org/f",
        "https://cdn.fbsbx.com/ f",
        "https://[::1",
        "file:///etc/passwd",
        "//cdn.fbsbx.com/f",
        "https://\uff46bcdn.net/f",
        f"https://cdn.fbsbx.com/{'x' * 2000}",
        "",
    ],
)
async def test_no_other_address_is_metas(url: str) -> None:
    """However much it looks like one; nothing is even resolved."""
    assert not may_be_fetched(url)

    async def resolve(host: str, port: int) -> list[str]:
        raise AssertionError((host, port))

    assert await Attachments(resolve=resolve).fetch(url) == "unreachable"


@pytest.mark.parametrize("host", ["cdn.fbsbx.com", "scontent.xx.fbcdn.net", "lookaside.fbsbx.com"])
def test_metas_hosts_are_known(host: str) -> None:
    """Over https, on its own port."""
    assert is_metas(f"https://{host}/v/x?y=z")
    assert is_metas(f"https://{host}:443/v/x?y=z")


async def test_this_machine_is_followed_in_development_only() -> None:
    """And there only the one server that is configured."""

    async def file(_request: web.Request) -> web.Response:
        return web.Response(body=b"a file")

    async with served(file) as origin, served(file) as other:
        assert await Attachments(also=origin).fetch(f"{origin}/f") == b"a file"
        assert await Attachments(also=origin).fetch(f"{other}/f") == "unreachable"
        assert await Attachments().fetch(f"{origin}/f") == "unreachable"


async def test_the_connection_goes_to_the_address_that_was_looked_at() -> None:
    """A name is resolved once, so it cannot lead elsewhere the second time."""
    asked: list[str] = []

    async def file(request: web.Request) -> web.Response:
        return web.Response(text=request.host)

    async def resolve(host: str, port: int) -> list[str]:
        del port
        asked.append(host)
        return ["127.0.0.1"]

    async with served(file) as origin:
        named = origin.replace("127.0.0.1", "files.invalid")
        found = await Attachments(also=named, resolve=resolve).fetch(f"{named}/f")
    assert isinstance(found, bytes)
    assert found.startswith(b"files.invalid:")
    assert asked == ["files.invalid"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    """Not even to the same server."""
    paths: list[str] = []

    async def away(request: web.Request) -> web.Response:
        paths.append(request.path)
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async with served(away) as origin:
        assert await Attachments(also=origin).fetch(f"{origin}/f") == "unreachable"
    assert paths == ["/f"]


@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_file_has_its_bounds(*, is_announced: bool) -> None:
    """What just fits is taken, one byte more is not, whether its length was told or not."""

    async def file(request: web.Request) -> web.StreamResponse:
        content = b"x" * int(request.path[1:])
        if is_announced:
            return web.Response(body=content)
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(content)
        return answer

    async with served(file) as origin:
        attachments = Attachments(also=origin, max_bytes=1000)
        assert await attachments.fetch(f"{origin}/1000") == b"x" * 1000
        assert await attachments.fetch(f"{origin}/1001") == "too_large"


async def test_nothing_is_unpacked() -> None:
    """A small packed file may be a large one, and Meta was not asked to pack."""

    async def packed(_request: web.Request) -> web.Response:
        return web.Response(body=b"x", headers={"Content-Encoding": "gzip"})

    async with served(packed) as origin:
        assert await Attachments(also=origin).fetch(f"{origin}/f") == "unreachable"


async def test_whoever_is_slow_is_left() -> None:
    """Before the answer, and in the middle of it."""
    never = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        if request.path == "/middle":
            await answer.prepare(request)
            await answer.write(b"x")
        await never.wait()
        return answer

    async with served(slow) as origin:
        attachments = Attachments(also=origin, within_s=0.05)
        assert await attachments.fetch(f"{origin}/start") == "unreachable"
        assert await attachments.fetch(f"{origin}/middle") == "unreachable"
        never.set()


async def test_a_name_that_does_not_resolve_is_unreachable() -> None:
    """Which is an answer, and no crash."""

    async def unknown(host: str, port: int) -> list[str]:
        raise OSError((host, port))

    assert await Attachments(resolve=unknown).fetch(META_URL) == "unreachable"
    assert await Attachments(resolve=resolving_to()).fetch(META_URL) == "unreachable"
