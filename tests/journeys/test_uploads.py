"""The page that takes a file back meets broken forms, and whoever sends very much at once."""

import asyncio

import aiohttp
import pytest
from yarl import URL

from tests.kit.deployment import Deployment


async def _page(deployment: Deployment) -> str:
    """Let somebody ask for the page, and return its address."""
    chat = deployment.person()
    await chat.says("bring back")
    while True:
        for button in (await chat.hears()).buttons:
            if button.url and "/bring-back/" in button.url:
                return button.url


async def _send_raw(
    url: str, body: bytes, *, announces: int | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send a form as it stands, or only its beginning."""
    at = URL(url)
    reader, writer = await asyncio.open_connection(at.host, at.port)
    writer.write(
        f"POST {at.path} HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\n"
        f"Content-Length: {announces or len(body)}\r\n\r\n".encode()
        + body
    )
    await writer.drain()
    return reader, writer


FIELD = b'Content-Disposition: form-data; name="file"; filename="x"\r\n'
BROKEN_FORMS = {
    "a header without a name": b"--b\r\n: x\r\n\r\nabc\r\n--b--\r\n",
    "a NUL in a header": b"--b\r\nX: a\0b\r\n" + FIELD + b"\r\nabc\r\n--b--\r\n",
    "a line that is too long": b"--b\r\nX: "
    + b"a" * 20_000
    + b"\r\n"
    + FIELD
    + b"\r\nabc\r\n--b--\r\n",
    "too many headers": b"--b\r\n" + b"X: a\r\n" * 500 + FIELD + b"\r\nabc\r\n--b--\r\n",
    "an odd charset": b'--b\r\nContent-Disposition: form-data; name="_charset_"\r\n\r\n'
    + b"x" * 40
    + b"\r\n--b\r\n"
    + FIELD
    + b"\r\nabc\r\n--b--\r\n",
    "no end": b"--b\r\n" + FIELD + b"\r\nabc",
}


@pytest.mark.parametrize("form", BROKEN_FORMS.values(), ids=BROKEN_FORMS)
async def test_a_broken_form_is_answered_as_a_broken_file(
    deployment: Deployment, form: bytes
) -> None:
    """It is the visitor's trouble and not ours, and spends nothing."""
    url = await _page(deployment)
    reader, writer = await _send_raw(url, form)
    assert b" 422 " in await reader.readline()
    writer.close()


async def test_one_link_takes_one_file_at_a_time(deployment: Deployment) -> None:
    """However many are sent by it at once, memory is taken for one; the next waits its turn."""
    url = await _page(deployment)
    slow = await _send_raw(url, b"--b\r\n" + FIELD + b"\r\nabc", announces=9_000_000)
    await deployment.until(lambda: _is_refused(url, 503))
    slow[1].close()
    await deployment.until(lambda: _is_refused(url, 422))


async def _is_refused(url: str, status: int) -> bool:
    form = aiohttp.FormData()
    form.add_field("file", b"no file of ours", filename="my-data.html")
    async with aiohttp.ClientSession() as browser, browser.post(url, data=form) as answer:
        return answer.status == status
