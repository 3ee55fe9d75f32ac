"""Proofs that are handed out: they hold offline, and no touched one does."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from storage import Store
from storage.db.tables import texts
from storage.ledger.note import VerifierKey
from storage.ledger.proof import ProofRefused, Verified, read_proof
from storage.receipts import hash_of
from storage.vault.signing import Signer
from tests.storage.conftest import ON_SQLITE
from tests.storage.ledger.keeping import (
    ORIGIN,
    SHOWN,
    agree,
    consent_ids,
    fill,
    order,
    prover,
)
from tests.storage.make import NOON_MS, World


async def receipt_proof(store: Store, folder: Path, number: str) -> bytes | None:
    """Return the proof of a receipt."""
    async with store.read() as tx:
        return await prover(store, folder).of_receipt(tx, number)


async def consent_proof(store: Store, folder: Path, consent_id: bytes) -> bytes | None:
    """Return the proof of a consent."""
    async with store.read() as tx:
        found = await prover(store, folder).of_consent(tx, consent_id)
    return found and found.file


def refused(file: bytes, key: VerifierKey) -> bool:
    """Tell whether a proof does not hold."""
    try:
        read_proof(file, key)
    except ProofRefused:
        return True
    return False


async def test_a_consent_is_proven_with_the_words_shown(world: World, tmp_path: Path) -> None:
    """The proof says who by a random number, what, when, and shows the words themselves."""
    await fill(world.store, 3)
    who = await world.person()
    await agree(world.store, who)
    await fill(world.store, 5)
    (consent_id,) = await consent_ids(world.store)
    file = await consent_proof(world.store, tmp_path, consent_id)
    assert file is not None
    found = read_proof(file, prover(world.store, tmp_path).checkpoints.key)
    ((kind, content),) = found.contents
    assert (kind, found.shown, found.checkpoint.size) == ("consent", SHOWN.text, 9)
    assert content == {
        "format": "chatmagico/consent/1",
        "consent_id": consent_id.hex(),
        "person_id": who.person_id.hex(),
        "purpose_id": "news",
        "act": "granted",
        "counts": True,
        "platform_at_ms": NOON_MS,
        "recorded_at_ms": NOON_MS,
        "text_hash": hashlib.sha256(SHOWN.text.encode()).hexdigest(),
        "text_version": SHOWN.text_version,
        "language": SHOWN.language,
    }
    assert who.psid not in file.decode()


async def test_a_receipt_is_proven_before_and_after(world: World, tmp_path: Path) -> None:
    """Its holder can prove the order at once, and the completion once it is done."""
    number = await order(world.store)
    async with world.store.write() as tx:
        other = await world.store.receipts.find(tx, number)
    assert other == ("erasure", False)
    file = await receipt_proof(world.store, tmp_path, number)
    assert [kind for kind, _ in read_proof(file or b"").contents] == ["erasure-ordered"]
    async with world.store.write() as tx:
        await world.store.receipts.mark_done(tx, [hash_of(number)], now_ms=NOON_MS + 9)
    file = await receipt_proof(world.store, tmp_path, number.lower())
    found = read_proof(file or b"")
    assert [(kind, content["at_ms"]) for kind, content in found.contents] == [
        ("erasure-ordered", NOON_MS),
        ("erasure-completed", NOON_MS + 9),
    ]


async def test_what_is_not_there_has_no_proof(world: World, tmp_path: Path) -> None:
    """Neither an unknown number nor an unknown consent is proven, also in an empty ledger."""
    for _ in range(2):
        assert await receipt_proof(world.store, tmp_path, "AAAA-AAAA-AAAA") is None
        assert await consent_proof(world.store, tmp_path, b"c" * 16) is None
        await fill(world.store, 1)


async def test_a_proof_is_checked_against_the_published_key(world: World, tmp_path: Path) -> None:
    """A proof that somebody else signed does not hold against the key that is known."""
    number = await order(world.store)
    file = await receipt_proof(world.store, tmp_path, number)
    assert file is not None
    other = VerifierKey(ORIGIN, Signer(bytes(32)).public_key)
    assert refused(file, other)
    assert isinstance(read_proof(file), Verified)


@ON_SQLITE
async def test_every_touched_proof_is_refused(world: World, tmp_path: Path) -> None:
    """No value of a proof can be changed, dropped or exchanged, down to the single character."""
    await fill(world.store, 2)
    await agree(world.store, await world.person(), await world.person())
    await fill(world.store, 2)
    first, second = [
        json.loads(await consent_proof(world.store, tmp_path, one) or b"")
        for one in await consent_ids(world.store)
    ]
    key = prover(world.store, tmp_path).checkpoints.key
    assert not refused(json.dumps(first).encode(), key)
    touched = [*_without(first), *_touched(first), *_exchanged(first, second)]
    assert len(touched) > 800
    for one in touched:
        assert refused(json.dumps(one).encode(), key), one


def _without(proof: dict[str, Any]) -> list[dict[str, Any]]:
    (leaf,) = proof["leaves"]
    shorter = [{name: proof[name] for name in proof if name != gone} for gone in proof]
    leaves = [{name: leaf[name] for name in leaf if name != gone} for gone in leaf]
    odd = [{**proof, "leaves": value} for value in ([], None, "x", [None], [leaf, {}])]
    return [*shorter, *odd, *({**proof, "leaves": [one]} for one in leaves)]


def _touched(proof: dict[str, Any]) -> list[dict[str, Any]]:
    (leaf,) = proof["leaves"]
    found = [{**proof, "leaves": [{**leaf, "day": leaf["day"] + more}]} for more in (-1, 1)]
    for name in ("kind", "salt", "content", "proof"):
        found += [
            {**proof, "leaves": [{**leaf, name: value}]} for value in _each_character(leaf[name])
        ]
    for name in ("format", "key", "shown"):
        found += [{**proof, name: value} for value in _each_character(proof[name])]
    return found


def _each_character(text: str) -> list[str]:
    return [
        text[:at] + ("7" if one != "7" else "8") + text[at + 1 :] for at, one in enumerate(text)
    ]


def _exchanged(proof: dict[str, Any], other: dict[str, Any]) -> list[dict[str, Any]]:
    (leaf,), (another,) = proof["leaves"], other["leaves"]
    return [
        {**proof, "leaves": [{**leaf, name: another[name]}]}
        for name in ("salt", "content", "proof")
    ]


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        b'{"format": 1}',
        b'{"a": ' + b"9" * 9000,
    ],
    ids=range(8),
)
def test_what_is_no_proof_is_refused(file: bytes) -> None:
    """Whatever is handed in, it is refused and nothing else happens."""
    with pytest.raises(ProofRefused):
        read_proof(file)


async def test_other_words_than_those_shown_are_refused(world: World, tmp_path: Path) -> None:
    """Where the kept text was changed, the proof made with it does not hold."""
    await agree(world.store, await world.person())
    async with world.store.write() as tx:
        await tx.execute(texts.update().values(text="May we not?"))
    (consent_id,) = await consent_ids(world.store)
    file = await consent_proof(world.store, tmp_path, consent_id)
    assert file is not None
    with pytest.raises(ProofRefused, match="not those that were shown"):
        read_proof(file)
