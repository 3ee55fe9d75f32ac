"""Reads a file out of a form, piece by piece, and no further than it may be long."""

from typing import Final, Literal

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.pages.bodies import is_packed

_MAX_PARTS: Final = 4
_FORM_BYTES: Final = 16 * 1024
#: What aiohttp raises where a body is no form, or has broken off.
_NO_FORM: Final = (
    *(ValueError, RuntimeError, HttpProcessingError),
    *(web.RequestPayloadError, ConnectionError),
)


async def read_file(
    request: web.Request, name: str, *, max_bytes: int
) -> bytearray | Literal["broken", "too_large"]:
    """Return the file of a field; else why there is none."""
    if request.content_type != "multipart/form-data" or is_packed(request):
        return "broken"
    if (request.content_length or 0) > max_bytes + _FORM_BYTES:
        return "too_large"
    try:
        return await _find(request, name, max_bytes)
    except _NO_FORM:
        return "broken"


async def _find(
    request: web.Request, name: str, max_bytes: int
) -> bytearray | Literal["broken", "too_large"]:
    form = await request.multipart()
    for _ in range(_MAX_PARTS):
        part = await form.next()
        if not isinstance(part, BodyPartReader):
            return "broken"
        limit = max_bytes if part.name == name else _FORM_BYTES
        content = await _read(part, limit)
        if content is None:
            return "too_large"
        if part.name == name:
            return content
    return "broken"


async def _read(part: BodyPartReader, max_bytes: int) -> bytearray | None:
    content = bytearray()
    while piece := await part.read_chunk():
        content += piece
        if len(content) > max_bytes:
            return None
    return content
