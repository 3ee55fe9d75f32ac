"""What Meta's servers say about people: signed by our secret, or refused."""

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from bot.pages.bodies import MAX_FORM_BYTES

from .conftest import LANGUAGES, SECRETS, Answer, Reader

#: Of the platform reference: signed with "demo-app-secret", for the id 900800700.
VECTOR = (
    "WDwFm3rYv2VtNNGOXocKqCPtmRdWCJ5uBaF0RxNQ-hA."
    "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTQzMDQwMCwidXNlcl9pZCI6IjkwMDgwMDcwMCJ9"
)
TOLD = {"algorithm": "HMAC-SHA256", "issued_at": 1795430400, "user_id": "900800700"}
BOTH = ("/data-deletion", "/deauthorize")


def signed(told: Any, secret: bytes = SECRETS[0]) -> str:
    """Sign as Meta does."""
    payload = encoded(told if isinstance(told, bytes) else json.dumps(told).encode())
    return f"{encoded(hmac.digest(secret, payload.encode(), 'sha256'))}.{payload}"


def encoded(raw: bytes) -> str:
    """Encode without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


async def ask(reader: Reader, signed_request: str, path: str = "/data-deletion") -> Answer:
    """Send a signed request as a form."""
    return await reader.post(path, {"signed_request": signed_request})


async def code_for(reader: Reader, signed_request: str) -> str:
    """Return the code that a request is answered with."""
    answer = await ask(reader, signed_request)
    assert answer.status == 200
    return str(json.loads(answer.html)["confirmation_code"])


async def test_a_request_is_answered_with_a_code_and_where_it_leads(reader: Reader) -> None:
    """In JSON, below the public address; the code is letters and digits, and says nothing."""
    answer = await ask(reader, VECTOR)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    told = json.loads(answer.html)
    code = told["confirmation_code"]
    assert told == {
        "url": f"http://127.0.0.1:8080/bot/deletion/{code}",
        "confirmation_code": code,
    }
    assert code.isalnum()
    assert len(code) == 16
    assert "900800700" not in answer.html
    assert reader.ledger.known == {code: "callback"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_code_leads_to_an_honest_page(reader: Reader, language: str) -> None:
    """It says that nothing is held under that id, and which word in the chat erases."""
    code = await code_for(reader, VECTOR)
    page = await reader.get(f"/deletion/{code}?lang={language}")
    assert page.status == 200
    assert "Facebook" in page.text
    assert f'href="/bot/data-deletion?lang={language}"' in page.html
    if language == "en":
        assert "Under the id Facebook sent us we hold nothing" in page.text
        assert "write DELETE ME in the chat" in page.text


async def test_the_same_request_gets_the_same_code(reader: Reader) -> None:
    """However often it comes, and also if its signature is spelled with other spare bits."""
    code = await code_for(reader, VECTOR)
    assert await code_for(reader, VECTOR) == code
    respelled = VECTOR.replace("-hA.", "-hB.")
    assert await code_for(reader, respelled) == code
    assert await code_for(reader, signed(TOLD | {"issued_at": 1795430401})) != code
    assert len(reader.ledger.known) == 2


@pytest.mark.parametrize("path", BOTH)
async def test_either_app_secret_will_do(reader: Reader, path: str) -> None:
    """While the secret is changed, Meta may still sign with the one before."""
    for secret in SECRETS:
        assert (await ask(reader, signed(TOLD, secret), path)).status == 200


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize(
    "refused",
    [
        "",
        ".",
        VECTOR.partition(".")[0],
        VECTOR.partition(".")[2],
        signed(TOLD, b"another-secret"),
        signed(TOLD, b""),
        VECTOR[:-1] + "8",
        VECTOR.replace("WDw", "WDx"),
        VECTOR.replace(".", "=."),
        VECTOR + "=",
        VECTOR + ".e30",
        VECTOR + "\n",
        VECTOR + "é",
        signed(TOLD | {"algorithm": "HMAC-SHA1"}),
        signed(TOLD | {"algorithm": "none"}),
        signed(TOLD | {"algorithm": 256}),
        signed({"user_id": "900800700"}),
        signed([TOLD]),
        signed(b"HMAC-SHA256"),
        signed(b"\xff\xfe"),
        signed(b""),
        f"{encoded(hmac.digest(SECRETS[0], b'eyJhb', 'sha256'))}.eyJhb",
    ],
)
async def test_what_we_did_not_sign_is_refused(reader: Reader, path: str, refused: str) -> None:
    """Nothing is kept, nobody is told, and the answer gives no reason."""
    answer = await ask(reader, refused, path)
    assert (answer.status, answer.html) == (403, "")
    assert reader.ledger.known == {}
    assert reader.removals == []


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"signed_request",
        b"signed_request=",
        f"Signed_Request={VECTOR}".encode(),
        f"signed_request={VECTOR}&signed_request={VECTOR}".encode(),
        f"signed_request={VECTOR}".encode() + b"&x=1" * 100,
        f"signed_request={VECTOR}&x=\xff".encode("latin-1"),
        json.dumps({"signed_request": VECTOR}).encode(),
    ],
)
async def test_a_form_without_that_one_field_is_refused(
    reader: Reader, path: str, body: bytes
) -> None:
    """Missing, twice, among too many others, or no form at all."""
    form = "application/x-www-form-urlencoded"
    answer = await reader.post(path, body, Content_Type=form)
    assert answer.status == 403


async def test_other_fields_and_escapes_do_not_matter(reader: Reader) -> None:
    """Forms may spell any letter as a percent code."""
    escaped = quote(VECTOR).replace(".", "%2E").replace("-", "%2D")
    body = f"locale=en&signed_request={escaped}".encode()
    form = "application/x-www-form-urlencoded"
    assert (await reader.post("/data-deletion", body, Content_Type=form)).status == 200


@pytest.mark.parametrize("path", BOTH)
async def test_a_huge_body_is_not_read(reader: Reader, path: str) -> None:
    """Whether its size is announced or not; one byte less than too much is read."""
    fits = f"signed_request={VECTOR}&x=".encode().ljust(MAX_FORM_BYTES, b"x")

    async def unannounced() -> AsyncIterator[bytes]:
        yield fits
        yield b"x"

    assert (await reader.post(path, fits)).status == 200
    assert (await reader.post(path, fits + b"x")).status == 413
    assert (await reader.post(path, unannounced())).status == 413


@pytest.mark.parametrize("path", BOTH)
async def test_a_packed_body_is_not_unpacked(reader: Reader, path: str) -> None:
    """A small one can unpack to a huge one."""
    answer = await reader.post(path, b"x", Content_Encoding="gzip")
    assert answer.status == 415


@pytest.mark.parametrize("path", BOTH)
async def test_a_broken_body_is_refused(reader: Reader, path: str) -> None:
    """A chunk whose length is no number."""
    port = reader.client.port
    assert port is not None
    lines, out = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    out.write(head.encode() + b"zz\r\nno\r\n")
    assert b" 400 " in await lines.readline()
    out.close()
    await out.wait_closed()


async def test_a_code_that_cannot_be_kept_is_not_handed_out(reader: Reader) -> None:
    """Meta is asked to come again; then it gets the code."""
    reader.ledger.is_down = True
    answer = await ask(reader, VECTOR)
    assert (answer.status, answer.html) == (503, "")
    assert answer.headers["Retry-After"] == "60"
    reader.ledger.is_down = False
    assert await code_for(reader, VECTOR) in reader.ledger.known


async def test_a_removed_app_is_told_of_once_each_time(reader: Reader) -> None:
    """The answer is empty, and no code is kept for it."""
    answer = await ask(reader, VECTOR, "/deauthorize")
    assert (answer.status, answer.html) == (200, "")
    assert reader.removals == [None]
    assert reader.ledger.known == {}


@pytest.mark.parametrize("named", ["555000111", 555000111])
async def test_a_removed_app_names_its_page_where_meta_does(
    reader: Reader, named: str | int
) -> None:
    """The Page's id may come as text or as a number."""
    answer = await ask(reader, signed(TOLD | {"profile_id": named}), "/deauthorize")
    assert answer.status == 200
    assert reader.removals == ["555000111"]


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize("sent", [VECTOR, "refused"])
async def test_answers_are_guarded(reader: Reader, path: str, sent: str) -> None:
    """As those of the pages are; none is stored on the way, and none sets a cookie."""
    headers = (await ask(reader, sent, path)).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Server"] == "chatmagico"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


async def test_nothing_of_a_request_is_logged(
    reader: Reader, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither of one that is taken in nor of one that is refused."""
    for sent in (VECTOR, "refused"):
        for path in BOTH:
            await ask(reader, sent, path)
    assert capfd.readouterr() == ("", "")


async def test_a_browser_finds_no_page_at_deauthorize(reader: Reader) -> None:
    """It is for Meta's servers; the other address has a page for people too."""
    assert (await reader.get("/deauthorize")).status == 404
    assert (await reader.get("/data-deletion")).status == 200
