"""Who signed a body."""

import hmac
import random

import pytest

from bot.inbound.signature import is_signed_by

SECRET = b"demo-app-secret"
BODY = (
    rb'{"object":"page","entry":[{"id":"555000111","time":1795430400123,"messaging":[{"sender":'
    rb'{"id":"7001"},"recipient":{"id":"555000111"},"timestamp":1795430399900,"message":'
    rb'{"mid":"m_demo1","text":"caf\u00e9 \ud83d\ude00"}}]}]}'
)
#: From reference section 1.3, made with another program.
SHA256 = "4da296743d43f03541316c1f75fe2e28431bc5a16d5e7fcab0a48643be68f655"
SHA1 = "f267fb009358c40dd6438e2894f50ce51ed7320a"


def test_known_signature_is_accepted() -> None:
    """The published example verifies over the bytes as they came."""
    assert is_signed_by(BODY, f"sha256={SHA256}", [SECRET])


def test_written_again_body_is_refused() -> None:
    """The same JSON in other bytes has another signature."""
    again = (
        BODY.decode("unicode_escape").encode("utf-16", "surrogatepass").decode("utf-16").encode()
    )
    assert hmac.new(SECRET, again, "sha256").hexdigest().startswith("b9e73e43")
    assert not is_signed_by(again, f"sha256={SHA256}", [SECRET])


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        SHA256,
        f"sha256={SHA256.upper()}",
        f"SHA256={SHA256}",
        f"sha256={SHA256[:-1]}",
        f"sha256={SHA256}0",
        f"sha256={SHA256}\n",
        f" sha256={SHA256}",
        f"sha256={SHA256},sha256={SHA256}",
        f"sha256={SHA256[:-1]}é",
        f"sha256={SHA256[:-1]}\u0665",
        f"sha256={SHA256[:-1]}\udcff",
        f"sha1={SHA1}",
        f"sha256={SHA1}",
        f"sha256={'0' * 64}",
    ],
)
def test_odd_header_is_refused(header: str | None) -> None:
    """Only `sha256=` and 64 lower-case hex digits can be right."""
    assert not is_signed_by(BODY, header, [SECRET])


def test_both_secrets_count_during_a_rotation() -> None:
    """A body signed with the previous secret is accepted as long as it is listed."""
    old = f"sha256={hmac.new(b'previous', BODY, 'sha256').hexdigest()}"
    assert is_signed_by(BODY, old, [SECRET, b"previous"])
    assert is_signed_by(BODY, f"sha256={SHA256}", [SECRET, b"previous"])
    assert not is_signed_by(BODY, old, [SECRET])


@pytest.mark.parametrize("secrets", [[], [b""]])
def test_without_a_secret_nothing_is_signed(secrets: list[bytes]) -> None:
    """A missing secret opens nothing, not even to a signature under the empty key."""
    unkeyed = f"sha256={hmac.new(b'', BODY, 'sha256').hexdigest()}"
    assert not is_signed_by(BODY, unkeyed, secrets)


def test_every_flipped_bit_is_noticed() -> None:
    """No single bit of a body can change under its signature."""
    for place in range(len(BODY)):
        for bit in range(8):
            other = bytearray(BODY)
            other[place] ^= 1 << bit
            assert not is_signed_by(bytes(other), f"sha256={SHA256}", [SECRET])


def test_longer_and_shorter_bodies_are_refused() -> None:
    """A signature is worth nothing for a body that is one byte longer or shorter."""
    seed = 7
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(200):
        place = chance.randrange(len(BODY) + 1)
        longer = BODY[:place] + bytes([chance.randrange(256)]) + BODY[place:]
        shorter = BODY[: place - 1] + BODY[place:] if place else BODY[1:]
        assert not is_signed_by(longer, f"sha256={SHA256}", [SECRET])
        assert not is_signed_by(shorter, f"sha256={SHA256}", [SECRET])
