"""Who calls the Graph double: the token in the header, and the proof that goes with it."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aiohttp import BodyPartReader, web

from bot.simulator.graph_error import (
    NO_SUCH_OBJECT,
    PROOF_INVALID,
    PROOF_MISSING,
    TOKEN_EXPIRED,
    TOKEN_FOREIGN,
    TOKEN_IN_URL,
    TOKEN_INVALID,
    TOKEN_MISSING,
    GraphError,
    bad_parameter,
)
from bot.simulator.values import Attachment, Login
from bot.simulator.world import PageState, World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Call:
    """The content of a call, however it was encoded."""

    fields: Mapping[str, Any]
    file: Attachment | None = None


async def read_call(request: web.Request) -> Call:
    """Read a JSON, form or multipart body."""
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request)
    if request.content_type == "application/x-www-form-urlencoded":
        form = await request.post()
        return Call({name: _loose_json(str(value)) for name, value in form.items()})
    raw = await request.read()
    if not raw:
        return Call({})
    try:
        fields = json.loads(raw)
    except ValueError:
        raise bad_parameter("The body is not JSON.") from None
    if not isinstance(fields, dict):
        raise bad_parameter("The body is not a JSON object.")
    return Call(fields)


async def _read_multipart(request: web.Request) -> Call:
    # Read in memory: `request.post()` would write the file to a temporary one.
    fields: dict[str, Any] = {}
    file = None
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_parameter("A part of the form has no name.")
        content = bytes(await part.read())
        if part.name != "filedata":
            fields[part.name] = _loose_json(content.decode())
            continue
        content_type = part.headers.get("Content-Type", "application/octet-stream")
        file = Attachment(
            kind="file", name=part.filename or "file", content_type=content_type, content=content
        )
    return Call(fields, file)


def _loose_json(value: str) -> object:
    """Form fields hold JSON for objects and plain text for the rest."""
    if not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_parameter("A field of the form is not JSON.") from None


def read_token(request: web.Request, call: Call) -> str:
    """Return the Bearer token; a token in the URL or the body is refused."""
    if "access_token" in request.query or "access_token" in call.fields:
        raise GraphError(TOKEN_IN_URL)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise GraphError(TOKEN_MISSING)
    return token


class Doorkeeper:
    """Finds the Page that a call speaks for, or refuses the call."""

    def __init__(self, world: World) -> None:
        self._world = world

    def admit(self, request: web.Request, call: Call) -> PageState:
        """Return the Page of the token; its id must stand in the path, or `me`."""
        token = read_token(request, call)
        state = self.find_page(token)
        if state is None:
            raise GraphError(TOKEN_INVALID)
        self._require_proof(request, call, token)
        if request.match_info["node"] not in {"me", state.page.id}:
            raise GraphError(NO_SUCH_OBJECT)
        return state

    def admit_app(self, request: web.Request, call: Call) -> None:
        """Let the app's own token pass; its id must stand in the path, where one stands there."""
        token = read_token(request, call)
        if not self.is_app_token(token):
            raise GraphError(TOKEN_FOREIGN)
        self._require_proof(request, call, token)
        if request.match_info.get("node", self._world.app_id) != self._world.app_id:
            raise GraphError(NO_SUCH_OBJECT)

    def admit_login(self, request: web.Request, call: Call) -> Login:
        """Return whose token it is that an account gave the app."""
        token = read_token(request, call)
        login = self.find_login(token)
        self._require_proof(request, call, token)
        return login

    def find_login(self, token: object) -> Login:
        """Return whose token it is, as long as it lasts."""
        login = self._world.logins.get(str(token))
        if login is None:
            raise GraphError(TOKEN_INVALID)
        if login.expires_at_ms <= self._world.clock.now_ms():
            raise GraphError(TOKEN_EXPIRED)
        return login

    def _require_proof(self, request: web.Request, call: Call, token: str) -> None:
        if not self._app_secret:
            return
        given = request.query.get("appsecret_proof") or call.fields.get("appsecret_proof")
        if not given:
            raise GraphError(PROOF_MISSING)
        proof = _proof(token, self._app_secret)
        if not hmac.compare_digest(str(given).encode(), proof.encode()):
            raise GraphError(PROOF_INVALID)

    def find_page(self, token: str) -> PageState | None:
        """Return the Page of a valid token, or None."""
        for state in self._world.pages.values():
            if state.page.access_token == token and not state.is_token_revoked:
                return state
        return None

    def is_app_token(self, token: str) -> bool:
        """Whether it is the app's own token, `app_id|app_secret`."""
        own = f"{self._world.app_id}|{self._app_secret}"
        return hmac.compare_digest(token.encode(), own.encode())

    @property
    def _app_secret(self) -> str:
        return self._world.postman.app_secret


@lru_cache(maxsize=64)
def _proof(token: str, app_secret: str) -> str:
    """Return the `appsecret_proof` of a token: a hex HMAC-SHA256 under the app secret."""
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
