"""Pages that belong to one person, or that take something in: printed anew for each visit.

They carry no cookie and run no script; a browser keeps no copy and tells nobody where it came from.
"""

import asyncio

from aiohttp import hdrs, web

from bot.pages.headers import guarded
from bot.pages.press import Press
from bot.pages.speaking import choose


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
