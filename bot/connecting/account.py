"""From an app id, its secret and a token of an hour to a Page and a token of its own."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NoReturn

import aiohttp

from bot.alerts.page_check import ENDING_DAYS
from bot.connecting.dialog import Dialog
from bot.connecting.errors import (
    NoPage,
    PageNotOffered,
    PermissionsLacking,
    RoleLacking,
    SecretStale,
    SecretWrong,
    UserTokenRefused,
)
from bot.connecting.place import HeldPage, Place
from bot.outbound.app import App, OfferedPage
from bot.outbound.errors import GraphError, SecretRefused

#: A Page that no business owns is listed without business_management, so it is not required.
_SCOPES: Final = frozenset({"pages_show_list", "pages_messaging", "pages_manage_metadata"})
_TASKS: Final = frozenset({"MESSAGING", "MODERATE"})
#: 1: the secret; 100, 101: the app; 190: the token that both make.
_UNKNOWN_APP: Final = {1, 100, 101, 190}
_TOKEN_REFUSED: Final = {100, 102, 190}
_NEAR_MS: Final = ENDING_DAYS[0] * 86_400_000

_APP_ID: Final = "App id (developers.facebook.com/apps > your app > App settings > Basic)"
_SECRET: Final = "App secret (on the same screen; it is not shown here)"  # noqa: S105 - no secret
_ACCOUNT: Final = (
    "Short-lived user token (developers.facebook.com/tools/explorer: choose your app, add "
    "pages_show_list, pages_messaging, pages_manage_metadata and business_management, press "
    "Generate Access Token)"
)


async def known_app(
    place: Place, session: aiohttp.ClientSession, dialog: Dialog, app_id: str
) -> App:
    """Return the app, once Meta knows it by its secret, and keep both.

    Raises:
        ConnectError: Meta does not know it so.
    """
    app_id = app_id or place.app_id or dialog.ask(_APP_ID)
    if not (app_id.isascii() and app_id.isdecimal()):
        raise SecretWrong
    held = place.app_secret
    secret = held or dialog.ask_hidden(_SECRET)
    app = App(app_id, place.url, session, secrets=lambda: [secret])
    try:
        await app.require_known()
    except GraphError as refused:
        if _is_among(refused, _UNKNOWN_APP):
            raise (SecretStale if held else SecretWrong)(**_codes(refused)) from refused
        raise
    place.keep_app(app_id, secret)
    dialog.tell(f"Meta knows app {app_id} by its secret.")
    return app


async def known_page(
    place: Place, app: App, dialog: Dialog, *, wanted: str, now_ms: int
) -> HeldPage:
    """Return the Page to connect, with a token that lasts, and keep both.

    Raises:
        ConnectError: No such Page, or not with these rights.
    """
    held = _held(place.pages, wanted)
    if held and await _is_good(app, held, now_ms):
        dialog.tell(f"The token of {held.name} is there and works.")
        return held
    offered = await _offered(app, dialog.ask_hidden(_ACCOUNT))
    page = _chosen(offered, dialog, wanted or (held.id if held else ""), held.name if held else "")
    missing = _TASKS - page.tasks if page.tasks else set()
    if missing or not page.token:
        raise RoleLacking(page=page.id, missing=", ".join(sorted(missing)) or "a token")
    kept = HeldPage(_number(place.pages, page.id), page.id, page.name, page.token)
    place.keep_page(kept, page.token)
    dialog.tell(
        f"Took a token of {page.name} ({page.id}). {_lasting(await app.ends_at_ms(page.token))}"
    )
    return kept


def _held(pages: Sequence[HeldPage], wanted: str) -> HeldPage | None:
    """Return the Page that was named, else one that is not connected yet, else the first."""
    if wanted:
        return next((page for page in pages if page.id == wanted), None)
    unready = [page for page in pages if not (page.id and page.token)]
    return next(iter([*unready, *pages]), None)


async def _is_good(app: App, held: HeldPage, now_ms: int) -> bool:
    """Tell whether a Page's token works, and will for some time."""
    if not (held.id and held.token and await app.is_taken(held.id, held.token)):
        return False
    end_ms = await app.ends_at_ms(held.token)
    return end_ms is None or end_ms - now_ms > _NEAR_MS


async def _offered(app: App, token: str) -> list[OfferedPage]:
    try:
        token = await app.exchange(token)
        if missing := _SCOPES - await app.permissions_of(token):
            raise PermissionsLacking(missing=", ".join(sorted(missing)))
        return await app.pages_of(token)
    except GraphError as refused:
        if _is_among(refused, _TOKEN_REFUSED):
            raise UserTokenRefused(**_codes(refused)) from refused
        raise


def _chosen(offered: Sequence[OfferedPage], dialog: Dialog, wanted: str, name: str) -> OfferedPage:
    if not offered:
        raise NoPage
    if wanted:
        found = next((page for page in offered if page.id == wanted), None)
        return found or _not_offered(wanted)
    if len(offered) == 1:
        return offered[0]
    for at, page in enumerate(offered, 1):
        dialog.tell(f"  {at}  {page.name} ({page.id})")
    likely = next((at for at, page in enumerate(offered, 1) if page.name == name), None)
    question = f"Which Page? 1 to {len(offered)}{f', or Enter for {likely}' if likely else ''}"
    while True:
        answer = dialog.ask(question) or str(likely or "")
        if answer.isdecimal() and 1 <= int(answer) <= len(offered):
            return offered[int(answer) - 1]


def _not_offered(page_id: str) -> NoReturn:
    raise PageNotOffered(page=page_id)


def _number(pages: Sequence[HeldPage], page_id: str) -> int:
    """Return which table is this Page's: its own, one without an id, or a new one."""
    own = [page.number for page in pages if page.id == page_id]
    free = [page.number for page in pages if not page.id]
    return next(iter([*own, *free]), len(pages))


def _lasting(end_ms: int | None) -> str:
    if end_ms is None:
        return "Meta names no end of it."
    day = datetime.fromtimestamp(end_ms / 1000, UTC).date()
    return f"It ends on {day}; admins are told two weeks before."


def _is_among(refused: GraphError, codes: set[int]) -> bool:
    return isinstance(refused, SecretRefused) or refused.facts.get("code") in codes


def _codes(refused: GraphError) -> dict[str, object]:
    known = {name: refused.facts.get(name) for name in ("code", "subcode")}
    return {name: value for name, value in known.items() if value is not None}
