"""What holds of every answer and every private page, whatever was asked and however it ended."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.pages import Subscription
from bot.pages.bodies import MAX_FORM_BYTES
from tests.kit.deployment import PAGE, Deployment

from .conftest import Opening, Reader

LINK = "/unsubscribe/an-open-link"
NOBODY = "/unsubscribe/a-link-to-nobody"
#: Method, address, and how it ends.
ASKED = (
    *[("GET", path, 200) for path in ("/privacy", "/terms", "/data-deletion", LINK)],
    ("GET", "/static/page.css", 200),
    ("HEAD", LINK, 200),
    ("POST", LINK, 200),
    *[("GET", path, 404) for path in ("/nothing", "/deletion/NEVER", NOBODY)],
    ("POST", NOBODY, 404),
    *[("POST", path, 405) for path in ("/privacy", "/terms", "/deletion/NEVER", "/nothing")],
    *[(method, LINK, 405) for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")],
    *[(method, "/privacy", 405) for method in ("PUT", "DELETE", "PATCH", "OPTIONS")],
    ("POST", "/data-deletion", 403),
    ("POST", "/deauthorize", 403),
)


@pytest.fixture
def linked(reader: Reader) -> Reader:
    """A reader with an unsubscribe link."""
    reader.links.known["an-open-link"] = Subscription("en", "Garden Club", "", ("news",))
    return reader


def _is_guarded(headers: dict[str, str]) -> bool:
    policy = headers["Content-Security-Policy"]
    parts = ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")
    return (
        all(part in policy for part in parts)
        and "unsafe" not in policy
        and headers["Referrer-Policy"] == "no-referrer"
        and headers["X-Content-Type-Options"] == "nosniff"
        and headers["Server"] == "chatmagico"
        and "Set-Cookie" not in headers
    )


@pytest.mark.parametrize(("method", "path", "status"), ASKED)
async def test_every_answer_is_guarded_whatever_it_is(
    linked: Reader, method: str, path: str, status: int
) -> None:
    """Nothing foreign is loaded, nobody frames it, nobody learns of the visit, no cookie is set."""
    answer = await linked.request(method, path)
    assert answer.status == status
    assert _is_guarded(answer.headers)


@pytest.mark.parametrize(("method", "path", "status"), ASKED)
async def test_over_https_every_answer_says_to_stay_there(
    linked: Reader, method: str, path: str, status: int
) -> None:
    """Also a refusal."""
    answer = await linked.request(method, path, X_Forwarded_Proto="https")
    assert answer.status == status
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p, s in ASKED if s in {200, 404}])
async def test_what_is_one_persons_is_not_stored(linked: Reader, method: str, path: str) -> None:
    """Only the lasting pages and the style sheet may be kept by a browser."""
    stored = (await linked.request(method, path)).headers["Cache-Control"]
    lasting = path.startswith(("/privacy", "/terms", "/data-deletion", "/static"))
    assert stored == "no-store" or lasting


async def test_a_form_goes_back_to_its_own_page(linked: Reader) -> None:
    """No address in it, no field, no script; the policy lets it go nowhere else."""
    answer = await linked.request("GET", LINK)
    assert re.findall(r"<form[^>]*>", answer.html) == ['<form method="post">']
    assert not re.search(r"<(script|input|img|iframe|object)\b|\s(on\w+|style|src)=", answer.html)
    assert "an-open-link" not in answer.html
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", [LINK, "/data-deletion", "/deauthorize"])
async def test_large_and_packed_bodies_are_refused(linked: Reader, path: str) -> None:
    """Announced or not, and whatever is packed; a refusal is guarded too."""
    large = b"x" * (MAX_FORM_BYTES + 1)

    async def unannounced() -> AsyncIterator[bytes]:
        yield large

    for body in (large, unannounced()):
        answer = await linked.post(path, body)
        assert answer.status == 413
        assert _is_guarded(answer.headers)
    packed = await linked.post(path, b"x", Content_Encoding="gzip")
    assert packed.status in {413, 415}
    assert linked.links.known["an-open-link"].granted == ("news",)


async def test_markup_in_the_configuration_is_text_on_private_pages_too(
    open_pages: Opening,
) -> None:
    """The controller's name stands in every frame."""
    nasty = "<script>alert(1)</script>"
    reader = await open_pages(controller={"name": nasty})
    reader.links.known["an-open-link"] = Subscription("en", nasty, "", (nasty,))
    for method, path in (("GET", LINK), ("POST", LINK), ("GET", NOBODY)):
        answer = await reader.request(method, path)
        assert "<script" not in answer.html
        assert nasty in answer.text


async def test_visits_and_tokens_are_written_nowhere(
    deployment: Deployment, capfd: pytest.CaptureFixture[str]
) -> None:
    """No line for a visit, and no token in a log, a metric, an answer or a file."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    store, bot = deployment.bot.store, deployment.bot
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.write() as tx:
        person = (await store.people.find(tx, [lookup]))[lookup]
        url = await bot.desks.subscriptions.make_link(tx, person)
    token = url.rpartition("/")[2]
    capfd.readouterr()
    async with aiohttp.ClientSession() as session:
        for method in ("GET", "POST", "PUT", "HEAD"):
            for address in (url, f"{url}x", url.replace("unsubscribe", "nothing")):
                async with session.request(method, address) as answer:
                    assert token not in await answer.text()
                    assert token not in str(answer.headers)
        async with session.get(f"http://127.0.0.1:{bot.metrics_port}/metrics") as metrics:
            assert token not in await metrics.text()
    said = capfd.readouterr()
    assert said.out + said.err == ""
    assert await deployment.is_on_no_disk(token.encode())
