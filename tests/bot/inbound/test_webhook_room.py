"""Who gets room for a body, and who is sent away."""

import pytest

from bot.inbound.in_flight import BytesInFlight
from bot.inbound.webhook import PIECE_BYTES

from .conftest import PAYLOADS, Opening, Visitor, signed

BODY = (PAYLOADS / "message_text.json").read_bytes()
LARGE = BODY + b" " * (2 * PIECE_BYTES - len(BODY))


async def test_without_room_for_bodies_it_is_503(open_door: Opening) -> None:
    """When too many bytes are held, a large request is sent away with the time to come again."""
    visitor = await open_door(in_flight=BytesInFlight(PIECE_BYTES - 1), patience_s=0.01)
    answer = await visitor.post(LARGE)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


async def test_a_small_body_needs_no_room(open_door: Opening) -> None:
    """Whatever large bodies hold, what fits the first piece is taken in."""
    visitor = await open_door(in_flight=BytesInFlight(0), patience_s=0)
    assert (await visitor.post(BODY + b" " * (PIECE_BYTES - len(BODY)))).status == 200


async def test_room_is_given_back_when_a_request_is_done(open_door: Opening) -> None:
    """Bodies that come one after another have room for one."""
    visitor = await open_door(in_flight=BytesInFlight(PIECE_BYTES))
    for _ in range(3):
        assert (await visitor.post(LARGE)).status == 200
        assert (await visitor.post(LARGE, headers=signed(BODY))).status == 403
    assert visitor.door.in_flight.free_bytes == PIECE_BYTES


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("X-Hub-Signature-256", "sha256=")],
        [("X-Hub-Signature-256", "sha256=" + "g" * 64)],
        [("X-Hub-Signature-256", "sha256=" + "a" * 64)] * 2,
    ],
    ids=["none", "empty", "no hex", "two"],
)
async def test_unsigned_body_is_refused_before_it_is_read(
    visitor: Visitor, headers: list[tuple[str, str]]
) -> None:
    """Who brings no signature is answered although the body never comes."""
    head = "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    assert await visitor.raw(f"{head}{lines}\r\n".encode()) == b"403"
