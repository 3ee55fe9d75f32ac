"""The pages of one's own data: looked at freely, used once, each trouble answered."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.pages.bring_back import MAX_FILE_BYTES, Verdict

from .conftest import LANGUAGES, Reader

PAGES = ("/export/", "/bring-back/")
PIECE_BYTES = 64 * 1024
GOOD, BAD = "a-good-token", "another-token"


@pytest.fixture
def reader_with_link(reader: Reader) -> Reader:
    """Somebody who holds a good link."""
    reader.desk.tokens.add(GOOD)
    return reader


def form_with(content: bytes, *, name: str = "file") -> aiohttp.FormData:
    """Return a form with a file."""
    form = aiohttp.FormData()
    form.add_field(name, content, filename="my-data.html", content_type="text/html")
    return form


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_is_in_every_language(
    reader_with_link: Reader, page: str, language: str
) -> None:
    """Guarded as the others are, kept by no browser, with a form and no script."""
    for token, status in ((GOOD, 200), (BAD, 404)):
        answer = await reader_with_link.get(f"{page}{token}?lang={language}")
        assert answer.status == status
        assert f'<html lang="{language}">' in answer.html
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in answer.headers
        assert ("<form" in answer.html) is (token == GOOD)
        assert "<script" not in answer.html
        assert token not in answer.html


@pytest.mark.parametrize("page", PAGES)
async def test_looking_spends_nothing(reader_with_link: Reader, page: str) -> None:
    """A hundred previews leave the link as it was."""
    for _ in range(100):
        assert (await reader_with_link.get(f"{page}{GOOD}")).status == 200


async def test_the_file_is_handed_out_as_a_file(reader_with_link: Reader) -> None:
    """Named, not stored, not guessed at; the second time there is a friendly page."""
    answer = await reader_with_link.post(f"/export/{GOOD}", b"")
    assert (answer.status, answer.html) == (200, "<html>a file</html>\n")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.html"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = await reader_with_link.post(f"/export/{GOOD}", b"")
    assert again.status == 404
    assert "EXPORT" in again.text


@pytest.mark.parametrize("page", PAGES)
async def test_a_database_that_is_away_is_told(reader_with_link: Reader, page: str) -> None:
    """Later is later; nothing was lost."""
    reader_with_link.desk.is_down = True
    for answer in (
        await reader_with_link.get(f"{page}{GOOD}"),
        await reader_with_link.post(f"{page}{GOOD}", form_with(b"x") if "back" in page else b""),
    ):
        assert answer.status == 503
        assert "few minutes" in answer.text


async def test_a_file_is_taken_in_byte_by_byte(reader_with_link: Reader) -> None:
    """As it is, whatever is in it."""
    content = bytes(range(256)) * 1000 + b"\r\n--x\r\n"
    answer = await reader_with_link.post(f"/bring-back/{GOOD}", form_with(content))
    assert answer.status == 200
    assert "back" in answer.text
    assert reader_with_link.desk.taken == [content]


@pytest.mark.parametrize(
    ("verdict", "part"),
    [
        ("broken", "cannot read"),
        ("changed", "was changed"),
        ("foreign", "another chat"),
        ("used", "counts once"),
    ],
)
async def test_each_fault_has_its_answer(
    reader_with_link: Reader, verdict: Verdict, part: str
) -> None:
    """And the page takes another file."""
    reader_with_link.desk.verdict = verdict
    answer = await reader_with_link.post(f"/bring-back/{GOOD}", form_with(b"x"))
    assert answer.status == 422
    assert part in answer.text
    assert "Nothing was brought back." in answer.text
    assert "<form" in answer.html


async def unannounced(length_bytes: int) -> AsyncIterator[bytes]:
    """Send a form with a file whose length nobody names."""
    yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    for _ in range(length_bytes // PIECE_BYTES):
        yield b"x" * PIECE_BYTES
    yield b"\r\n--x--\r\n"


async def test_a_file_that_is_too_large_is_not_taken_in(reader_with_link: Reader) -> None:
    """Also where its length was not announced; one that just fits is."""
    kind = "multipart/form-data; boundary=x"
    for length_bytes, status in ((MAX_FILE_BYTES, 200), (MAX_FILE_BYTES + PIECE_BYTES, 422)):
        body = unannounced(length_bytes)
        answer = await reader_with_link.post(f"/bring-back/{GOOD}", body, Content_Type=kind)
        assert answer.status == status
    assert "larger than any" in answer.text
    assert [len(file) for file in reader_with_link.desk.taken] == [MAX_FILE_BYTES]


@pytest.mark.parametrize("body", [b"", b"file=abc", b"--x\r\n\r\n"])
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html"]
)
async def test_what_is_no_file_is_broken(reader_with_link: Reader, body: bytes, kind: str) -> None:
    """Nothing that somebody sends breaks the page."""
    answer = await reader_with_link.post(f"/bring-back/{GOOD}", body, Content_Type=kind)
    assert answer.status == 422
    assert reader_with_link.desk.taken == []


async def test_a_file_in_another_field_is_not_taken(reader_with_link: Reader) -> None:
    """Only the form's own field counts."""
    answer = await reader_with_link.post(f"/bring-back/{GOOD}", form_with(b"x", name="other"))
    assert answer.status == 422
