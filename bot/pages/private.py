"""Pages that belong to one person, or that take something in: printed anew for each visit.

They carry no cookie and run no script; a browser keeps no copy and tells nobody where it came from.
"""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from aiohttp import hdrs, web

from bot.pages.headers import guarded
from bot.pages.press import Press
from bot.pages.speaking import choose

#: A form of ours is far smaller.
MAX_FORM_BYTES: Final = 16 * 1024
_MAX_FIELDS: Final = 16


async def show(
    press: Press,
    request: web.Request,
    name: str,
    *,
    title: str,
    status: int = 200,
    language: str = "",
    **values: object,
) -> web.Response:
    """Print `templates/<name>.html` with these values and hand it out.

    Args:
        press: Prints it.
        request: What it answers.
        name: Which template.
        title: Its heading, in English.
        status: The status of the answer.
        language: Which to use where the address names none; else what the browser reads.
        values: What the template needs beside what every page knows.
    """
    asked = request.query.get("lang", "") or language
    accepted = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
    chosen = choose(asked, accepted, press.languages)
    body = await asyncio.to_thread(press.print_private, name, chosen, title, values)
    headers = {hdrs.CACHE_CONTROL: "no-store", hdrs.CONTENT_LANGUAGE: chosen}
    return web.Response(
        body=body,
        status=status,
        content_type="text/html",
        charset="utf-8",
        headers=guarded(request, has_form=True) | headers,
    )


async def read_body(request: web.Request, *, max_bytes: int) -> bytes | None:
    """Read a body; None where it is larger, or in an encoding, or broken off."""
    encodings = request.headers.getall(hdrs.CONTENT_ENCODING, ())
    if any(encoding.strip().lower() != "identity" for encoding in encodings):
        return None
    if (request.content_length or 0) > max_bytes:
        return None
    body = bytearray()
    try:
        while not request.content.at_eof():
            body += await request.content.readany()
            if len(body) > max_bytes:
                return None
    except (web.RequestPayloadError, ConnectionError):
        return None
    return bytes(body)


async def read_form(request: web.Request) -> Mapping[str, str] | None:
    """Read a form's fields, the first of each name; None where it is none of ours."""
    body = await read_body(request, max_bytes=MAX_FORM_BYTES)
    if body is None:
        return None
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}
