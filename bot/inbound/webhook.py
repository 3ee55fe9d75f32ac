"""The webhook: Meta's verification by GET, its events by POST.

    403   not exactly one signature in its proper form: told before anything is read
    415   another content encoding than identity: what is signed are the bytes on the wire
    413   more than 4 MiB, announced or not
    403   a signature that is not ours
    400   not JSON, or broken off
    503   not kept: the storage failed, or there was no room in time
    200   every event is kept, and whatever is not known is counted

No answer says more than its status.
"""

import hmac
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from aiohttp import hdrs, web

from bot.inbound.discretion import HEADERS
from bot.inbound.events import NotAPageObject, NotJson, TooManyItems, WireEvent, parse_body
from bot.inbound.in_flight import BytesInFlight, NoRoom
from bot.inbound.signature import is_signed_by, one_signature

PATH: Final = "/webhook"
MAX_BODY_BYTES: Final = 4 * 1024 * 1024
#: Room is taken in pieces of this size. The first one is free: see `in_flight`.
PIECE_BYTES: Final = 16 * 1024

#: The challenge is reflected, so it may be nothing but a plain word.
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)


class Counts(Protocol):
    """What the door counts."""

    def ack(self, status: int) -> None:
        """Count one answer, by its status."""

    def unsupported(self, kind: str) -> None:
        """Count something that is no event the bot knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the webhook needs. Secrets are asked for at each request, so they can be changed."""

    #: The app secret and, during a rotation, the previous one.
    app_secrets: Callable[[], Sequence[bytes]]
    #: The verify token and, during a rotation, the previous one.
    verify_tokens: Callable[[], Sequence[str]]
    #: Returns once all events are committed; then, and only then, is 200 answered.
    keep: Callable[[Sequence[WireEvent]], Awaitable[None]]
    #: What `keep` raises where it could not keep them.
    not_kept: type[Exception]
    metrics: Counts
    in_flight: BytesInFlight = field(default_factory=BytesInFlight)
    #: How long a request waits for room; Meta hangs up after 5 s.
    patience_s: float = 4.0


def routes(door: Door) -> list[web.RouteDef]:
    """Return the two routes of the webhook."""
    return [
        web.get(PATH, partial(_verify, door), allow_head=False),
        web.post(PATH, partial(_receive, door)),
    ]


async def _verify(door: Door, request: web.Request) -> web.Response:
    """Answer Meta's question whether this is the callback that was typed into the dashboard."""
    challenge = _one(request, "hub.challenge")
    is_asked = _one(request, "hub.mode") == "subscribe" and _CHALLENGE.fullmatch(challenge)
    given = _one(request, "hub.verify_token")
    is_ours = [_is_token(given, token) for token in door.verify_tokens()]  # each is compared
    if not any(is_ours) or not is_asked:
        return _answer(403)
    headers = {**HEADERS, hdrs.X_CONTENT_TYPE_OPTIONS: "nosniff"}
    return web.Response(text=challenge, content_type="text/plain", headers=headers)


def _one(request: web.Request, name: str) -> str:
    """Return a parameter that is given exactly once, else nothing."""
    values = request.query.getall(name, [])
    return values[0] if len(values) == 1 else ""


def _is_token(given: str, expected: str) -> bool:
    """Compare in constant time; where no token is set, none is right."""
    is_equal = hmac.compare_digest(
        given.encode(errors="replace"), expected.encode(errors="replace")
    )
    return is_equal and bool(expected)


async def _receive(door: Door, request: web.Request) -> web.Response:
    """Take in one body, and answer when what it holds is kept."""
    status = _refusal(request) or await _take_in(door, request)
    door.metrics.ack(status)
    return _answer(status)


def _answer(status: int) -> web.Response:
    answer = web.Response(status=status, headers=HEADERS)
    if status == web.HTTPServiceUnavailable.status_code:
        answer.headers[hdrs.RETRY_AFTER] = "1"
    if status >= web.HTTPBadRequest.status_code:
        answer.force_close()  # the rest of a refused body is not worth reading
    return answer


def _refusal(request: web.Request) -> int | None:
    """Return the status for a request whose body need not be read at all."""
    if _signature(request) is None:
        return 403
    encodings = request.headers.getall(hdrs.CONTENT_ENCODING, ())
    if any(encoding.strip().lower() != "identity" for encoding in encodings):
        return 415
    return 413 if (request.content_length or 0) > MAX_BODY_BYTES else None


def _signature(request: web.Request) -> str | None:
    return one_signature(request.headers.getall("X-Hub-Signature-256", ()))


@dataclass(slots=True)
class _Body:
    """The bytes read so far, and how many may be read with the room taken for them."""

    raw: bytearray = field(default_factory=bytearray)
    room_bytes: int = PIECE_BYTES


async def _take_in(door: Door, request: web.Request) -> int:
    body = _Body()
    try:
        return await _read(door, request, body) or await _keep(door, request, body.raw)
    finally:
        door.in_flight.give_back(body.room_bytes - PIECE_BYTES)


async def _read(door: Door, request: web.Request, body: _Body) -> int | None:
    """Read the body; return the status where that does not succeed."""
    try:
        return await _read_pieces(door, request, body)
    except NoRoom:
        return 503
    except (web.RequestPayloadError, ConnectionError):  # bad chunks, or hung up in the middle
        return 400


async def _read_pieces(door: Door, request: web.Request, body: _Body) -> int | None:
    """Read the body, taking room before each piece; return 413 where it is too large."""
    while piece := await request.content.read(body.room_bytes - len(body.raw)):
        body.raw += piece
        if len(body.raw) > MAX_BODY_BYTES:
            return 413
        if len(body.raw) == body.room_bytes and not request.content.at_eof():
            await door.in_flight.take(PIECE_BYTES, patience_s=door.patience_s)
            body.room_bytes += PIECE_BYTES
    return None


async def _keep(door: Door, request: web.Request, raw: bytearray) -> int:
    if not is_signed_by(raw, _signature(request), door.app_secrets()):
        return 403
    try:
        parsed = parse_body(raw)
    except NotAPageObject:
        door.metrics.unsupported("not_a_page")
        return 200
    except (NotJson, TooManyItems):
        return 400
    for kind in parsed.unsupported:
        door.metrics.unsupported(kind)
    return await _keep_all(door, parsed.events)


async def _keep_all(door: Door, events: Sequence[WireEvent]) -> int:
    try:
        if events:
            await door.keep(events)
    except door.not_kept:
        return 503
    return 200
