"""What the webhook answers, over HTTP."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from bot.inbound.events import Message, WireEvent, encode
from bot.inbound.in_flight import BytesInFlight
from bot.inbound.webhook import MAX_BODY_BYTES, PATH

from .conftest import OLD_SECRET, PAYLOADS, SECRET, VERIFY_TOKEN, Opening, Visitor, signed
from .expected import EXPECTED

BODY = (PAYLOADS / "message_text.json").read_bytes()
#: The beginning of a request that promises a signed body.
HEAD = b"POST /webhook HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=" + b"a" * 64 + b"\r\n"
ASKED = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1"}


async def test_verification_echoes_the_challenge(visitor: Visitor) -> None:
    """Meta's question is answered with its challenge as plain text."""
    answer = await visitor.get({**ASKED, "hub.challenge": "1158201444"})
    assert (answer.status, answer.body) == (200, b"1158201444")
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.mode": ""},
        {"hub.verify_token": "another"},
        {"hub.verify_token": VERIFY_TOKEN + "x"},
        {"hub.verify_token": VERIFY_TOKEN[:-1] + "é"},
        {"hub.challenge": ""},
        {"hub.challenge": "<script>"},
        {"hub.challenge": "1\n"},
        {"hub.challenge": "1" * 201},
    ],
)
async def test_other_verification_is_refused(visitor: Visitor, changed: dict[str, str]) -> None:
    """A wrong token, mode or challenge gets nothing but 403."""
    assert (await visitor.get(ASKED)).status == 200
    assert (await visitor.get({**ASKED, **changed})).status == 403


async def test_parameter_given_twice_is_refused(visitor: Visitor) -> None:
    """What a proxy and the bot might read differently counts as missing."""
    query = f"hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1&hub.challenge=2"
    assert (await visitor.get(query)).status == 403


async def test_without_a_token_nobody_is_verified(open_door: Opening) -> None:
    """An empty token in the settings does not make the empty token right."""
    visitor = await open_door(verify_tokens=lambda: [""])
    assert (await visitor.get({**ASKED, "hub.verify_token": ""})).status == 403


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda path: path.stem)
async def test_every_event_is_kept_and_acknowledged(visitor: Visitor, path: Any) -> None:
    """Each kind of event gets 200; what is known is kept, what is not is counted."""
    answer = await visitor.post(path.read_bytes())
    assert answer.status == 200
    if path.stem in EXPECTED:
        assert visitor.shelf.kept == [EXPECTED[path.stem]]
    assert visitor.shelf.kept or visitor.counted.unsupported_kinds == {"unknown": 1}
    assert visitor.counted.acks == {200: 1}


async def test_200_waits_until_the_events_are_kept(open_door: Opening) -> None:
    """No answer leaves before everything is kept."""
    is_asked, may_go_on = asyncio.Event(), asyncio.Event()

    async def keep(_events: Sequence[WireEvent]) -> None:
        is_asked.set()
        await may_go_on.wait()

    visitor = await open_door(keep=keep)
    posting = asyncio.ensure_future(visitor.post(BODY))
    await is_asked.wait()
    assert not visitor.counted.acks
    may_go_on.set()
    assert (await posting).status == 200


async def test_trouble_with_keeping_is_503(visitor: Visitor) -> None:
    """What could not be kept is not acknowledged, so Meta delivers it again."""
    visitor.shelf.is_broken = True
    answer = await visitor.post(BODY)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    visitor.shelf.is_broken = False
    assert (await visitor.post(BODY)).status == 200
    assert visitor.counted.acks == {503: 1, 200: 1}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": signed(BODY)["X-Hub-Signature-256"].upper()},
        {"X-Hub-Signature": "sha1=f267fb009358c40dd6438e2894f50ce51ed7320a"},
        signed(BODY, b"another secret"),
        signed(BODY + b" "),
        signed(BODY[:-1]),
    ],
)
async def test_bad_signature_is_403(visitor: Visitor, headers: dict[str, str]) -> None:
    """A body without our signature is refused, and not looked into."""
    answer = await visitor.post(BODY, headers=headers)
    assert (answer.status, answer.body) == (403, b"")
    assert not visitor.shelf.kept


@pytest.mark.parametrize("body", [BODY + b"\n", BODY[:-2], b"\x00" + BODY, BODY[1:], b""])
async def test_signature_is_worth_nothing_for_another_body(visitor: Visitor, body: bytes) -> None:
    """A replayed signature opens nothing else, not even with one byte more or less."""
    assert (await visitor.post(body, headers=signed(BODY))).status == 403


async def test_two_signatures_are_one_too_many(visitor: Visitor) -> None:
    """A request that brings a right and a wrong signature is refused."""
    name, right = next(iter(signed(BODY).items()))
    headers: Any = [(name, right), (name, "sha256=" + "0" * 64)]
    assert (await visitor.post(BODY, headers=headers)).status == 403


async def test_previous_secret_counts_during_rotation(visitor: Visitor) -> None:
    """What Meta signed before the secret was changed is accepted."""
    for secret in (SECRET, OLD_SECRET):
        assert (await visitor.post(BODY, headers=signed(BODY, secret))).status == 200


async def test_changed_secret_counts_at_once(open_door: Opening) -> None:
    """The secrets are asked for at each request."""
    secrets = [SECRET]
    visitor = await open_door(app_secrets=lambda: secrets)
    secrets[:] = [b"a new one"]
    assert (await visitor.post(BODY)).status == 403
    assert (await visitor.post(BODY, headers=signed(BODY, b"a new one"))).status == 200


@pytest.mark.parametrize("text", ["café", "żółw", "😀👩‍👩‍👧", "@ / < > %", "\u202e\u0000"])
@pytest.mark.parametrize("is_escaped", [True, False])
async def test_any_script_verifies(visitor: Visitor, text: str, is_escaped: bool) -> None:  # noqa: FBT001 (pytest's)
    """Accents and emoji verify in both forms of JSON, and arrive as they were typed."""
    body = json.loads(BODY)
    body["entry"][0]["messaging"][0]["message"]["text"] = text
    assert (await visitor.post(json.dumps(body, ensure_ascii=is_escaped).encode())).status == 200
    (event,) = visitor.shelf.kept
    assert isinstance(event, Message)
    assert event.text == text


@pytest.mark.parametrize("raw", [b"", b"nonsense", BODY[:-5], b"[" * 100_000])
async def test_not_json_is_400(visitor: Visitor, raw: bytes) -> None:
    """A signed body that is no JSON is refused."""
    assert (await visitor.post(raw)).status == 400


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b'{"object":"instagram","entry":[{"id":"1"}]}', "not_a_page"),
        (b"[1]", "not_a_page"),
        (b'{"object":"page","entry":[{"id":"1","messaging":[{"new":{}}]}]}', "unknown"),
        (b'{"object":"page","entry":[{"id":"1","messaging":[5]}]}', "malformed"),
    ],
)
async def test_unsupported_is_200_and_counted(visitor: Visitor, raw: bytes, kind: str) -> None:
    """Good JSON that the bot has no use for is acknowledged, lest Meta send it for ever."""
    assert (await visitor.post(raw)).status == 200
    assert visitor.counted.unsupported_kinds == {kind: 1}
    assert not visitor.shelf.kept


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP", "identity, gzip", "x"])
async def test_content_encoding_is_415(visitor: Visitor, encoding: str) -> None:
    """A compressed body is refused before it is read: signed are the bytes on the wire."""
    packed = gzip.compress(BODY)
    headers = {**signed(packed), "Content-Encoding": encoding}
    async with visitor.client.post(PATH, data=packed, headers=headers, compress=False) as answer:
        assert answer.status == 415


async def test_identity_is_no_encoding(visitor: Visitor) -> None:
    """Saying that nothing was done to a body is allowed."""
    headers = {**signed(BODY), "Content-Encoding": "identity"}
    assert (await visitor.post(BODY, headers=headers)).status == 200


async def test_large_body_is_accepted_and_too_large_is_413(visitor: Visitor) -> None:
    """Up to 4 MiB is read, and one byte more is not."""
    full = BODY + b" " * (MAX_BODY_BYTES - len(BODY))
    assert (await visitor.post(full)).status == 200
    assert (await visitor.post(full + b" ")).status == 413
    assert visitor.door.in_flight.free_bytes == BytesInFlight().free_bytes


async def test_too_large_in_chunks_is_413(visitor: Visitor) -> None:
    """A body that announces no size, and has no end, is cut at the same size."""

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65536

    async with visitor.client.post(PATH, data=endless(), headers=signed(b"")) as answer:
        assert answer.status == 413
    assert visitor.door.in_flight.free_bytes == BytesInFlight().free_bytes


async def test_body_in_chunks_is_read(visitor: Visitor) -> None:
    """A body may come in pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(BODY), 10):
            yield BODY[start : start + 10]

    assert (await visitor.post(pieces(), headers=signed(BODY))).status == 200
    assert visitor.shelf.kept == [EXPECTED["message_text"]]


async def test_broken_off_body_is_survived(visitor: Visitor) -> None:
    """Whoever hangs up in the middle leaves nothing behind."""
    _, writer = await asyncio.open_connection(visitor.client.host, visitor.client.port)
    writer.write(HEAD + b"Content-Length: 100\r\n\r\nabc")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await visitor.post(BODY)).status == 200
    assert visitor.shelf.kept == [EXPECTED["message_text"]]


async def test_bad_chunks_are_400(visitor: Visitor) -> None:
    """A body whose chunks are no chunks is refused."""
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    assert await visitor.raw(head + b"3\r\nabc\r\nzz\r\n") == b"400"


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_405(visitor: Visitor, method: str) -> None:
    """The webhook has two methods and no more."""
    async with visitor.client.request(method, PATH) as answer:
        assert answer.status == 405


async def test_answers_say_nothing(visitor: Visitor) -> None:
    """No answer has a body, a cookie, or the name and version of what made it."""
    visitor.shelf.is_broken = True
    refused = [await visitor.post(raw) for raw in (BODY, b"nonsense", b"[1]")]
    refused += [await visitor.post(BODY, headers={}), await visitor.get({"hub.mode": "x"})]
    assert [answer.status for answer in refused] == [503, 400, 200, 403, 403]
    for answer in refused:
        assert answer.body == b""
        assert "Set-Cookie" not in answer.headers
        assert "aiohttp" not in str(answer.headers)


async def test_one_body_delivered_many_times_is_the_same_event(visitor: Visitor) -> None:
    """A hundred deliveries at once are acknowledged, and carry one and the same id."""
    answers = await asyncio.gather(*(visitor.post(BODY) for _ in range(100)))
    assert {answer.status for answer in answers} == {200}
    assert len({event.natural_id() for event in visitor.shelf.kept}) == 1
    assert len({encode(event) for event in visitor.shelf.kept}) == 1


async def test_hidden_request_is_not_a_second_one(visitor: Visitor) -> None:
    """A request with two lengths, which a proxy might read otherwise, is refused."""
    head = b"POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
    assert await visitor.raw(head + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == b"400"
