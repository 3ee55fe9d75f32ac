"""Reads what a browser or Meta sends in: no further than it may be long, and never unpacked."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from aiohttp import hdrs, web

#: A form of ours is far smaller.
MAX_FORM_BYTES: Final = 16 * 1024
_MAX_FIELDS: Final = 16


def is_packed(request: web.Request) -> bool:
    """Tell whether a body comes in an encoding: a small one could unfold to any length."""
    encodings = request.headers.getall(hdrs.CONTENT_ENCODING, ())
    return any(encoding.strip().lower() != "identity" for encoding in encodings)


async def read_body(request: web.Request, *, max_bytes: int) -> bytes | int:
    """Read a body, or return the status of a refusal: 400, 413 or 415."""
    if is_packed(request):
        return web.HTTPUnsupportedMediaType.status_code
    if (request.content_length or 0) > max_bytes:
        return web.HTTPRequestEntityTooLarge.status_code
    body = bytearray()
    try:
        while not request.content.at_eof():
            body += await request.content.readany()
            if len(body) > max_bytes:
                return web.HTTPRequestEntityTooLarge.status_code
    except (web.RequestPayloadError, ConnectionError):  # bad chunks, or hung up in the middle
        return web.HTTPBadRequest.status_code
    return bytes(body)


def fields_of(body: bytes) -> Mapping[str, list[str]]:
    """Return every value of each field of a form; nothing where it is none of ours."""
    try:
        return parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:  # too many fields, or bytes that no form has
        return {}


async def read_form(request: web.Request) -> Mapping[str, str] | None:
    """Read a form's fields, the first of each name; None where the body is refused."""
    body = await read_body(request, max_bytes=MAX_FORM_BYTES)
    if isinstance(body, int):
        return None
    return {name: values[0] for name, values in fields_of(body).items()}
