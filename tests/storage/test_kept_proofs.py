"""Proof of consent after an erasure: only where it is wished, for so long, and then gone."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import Store
from storage.db.ledger_tables import evidence
from storage.db.tables import day_keys
from storage.errors import Undecryptable
from storage.inbox import day_of
from storage.ledger.evidence import Evidence
from storage.ledger.proof import read_proof
from tests.storage.conftest import OpenStore
from tests.storage.ledger.keeping import SHOWN, agree, audited, consent_ids, prover
from tests.storage.make import DAY_MS, NOON_MS, Known, World

DAYS = 90
ERASED_MS = NOON_MS + 40 * DAY_MS
DUE_MS = ERASED_MS + DAYS * DAY_MS


@pytest.fixture
def keeps(open_store: OpenStore) -> World:
    """A world in which proof stays for 90 days."""
    return World(open_store(evidence_days=DAYS))


async def agreed_and_gone(world: World) -> tuple[Known, bytes]:
    """Let somebody agree and be erased; return who, and the number of the record."""
    who = await world.person(erase_due_at_ms=ERASED_MS)
    await agree(world.store, who)
    (consent_id,) = await consent_ids(world.store)
    assert await world.store.erase_due(now_ms=ERASED_MS) == 1
    return who, consent_id


async def proof_of(store: Store, folder: Path, consent_id: bytes) -> Evidence | None:
    """Return the proof of a consent."""
    async with store.read() as tx:
        return await prover(store, folder).of_consent(tx, consent_id)


async def kept(store: Store) -> int:
    """Count what is kept."""
    async with store.read() as tx:
        return int(
            (await tx.execute(sa.select(sa.func.count()).select_from(evidence))).scalar_one()
        )


async def keys_for_it(store: Store) -> int:
    """Count the keys that open what is kept."""
    mine = sa.select(sa.func.count()).where(day_keys.c.use == "evidence")
    async with store.keyring.database.read() as tx:
        return int((await tx.execute(mine)).scalar_one())


async def sweep(store: Store, *, now_ms: int) -> None:
    """Do what a running bot does now and then."""
    await store.delete_expired(now_ms=now_ms, deliveries_before_ms=0)
    await store.destroy_old_keys(now_ms=now_ms)


async def test_by_itself_nothing_stays(world: World, tmp_path: Path) -> None:
    """Where nobody asked for it, an erasure leaves no proof and no key."""
    _, consent_id = await agreed_and_gone(world)
    assert (await kept(world.store), await keys_for_it(world.store)) == (0, 0)
    assert await proof_of(world.store, tmp_path, consent_id) is None


async def test_a_consent_is_proven_after_the_erasure(keeps: World, tmp_path: Path) -> None:
    """With the words that were shown; the person, their key and their Messenger id are gone."""
    who, consent_id = await agreed_and_gone(keeps)
    found = await proof_of(keeps.store, tmp_path, consent_id)
    assert found is not None
    assert found.person_id is None
    proof = read_proof(found.file, prover(keeps.store, tmp_path).checkpoints.key)
    assert proof.shown == SHOWN.text
    assert proof.contents[0][1]["act"] == "granted"
    assert who.psid not in found.file.decode()
    assert await keeps.store.keyring.find([who.person_id]) == {}
    assert (await audited(keeps.store, tmp_path)).faults == []


async def test_it_stays_for_its_days_and_then_goes_with_its_key(
    keeps: World, tmp_path: Path
) -> None:
    """The day before it still opens; afterwards there is neither row nor key."""
    _, consent_id = await agreed_and_gone(keeps)
    await sweep(keeps.store, now_ms=DUE_MS - 1)
    assert await proof_of(keeps.store, tmp_path, consent_id) is not None
    await sweep(keeps.store, now_ms=DUE_MS)
    assert (await kept(keeps.store), await keys_for_it(keeps.store)) == (0, 0)
    assert await proof_of(keeps.store, tmp_path, consent_id) is None


async def test_without_its_key_nothing_opens(
    keeps: World, open_store: OpenStore, tmp_path: Path
) -> None:
    """Whoever brings the row back from somewhere has nothing of it."""
    _, consent_id = await agreed_and_gone(keeps)
    await keeps.store.keyring.destroy_days_before(day_of(ERASED_MS) + 1, "evidence")
    with pytest.raises(Undecryptable):
        await proof_of(open_store(), tmp_path, consent_id)


async def test_a_repeated_step_keeps_it_once(keeps: World) -> None:
    """A crash between proof and key, or after both, changes nothing."""
    who = await keeps.person()
    await agree(keeps.store, who)
    (consent_id,) = await consent_ids(keeps.store)
    await keeps.store.proofs.keep([who.person_id], now_ms=NOON_MS)
    await keeps.store.erasure.destroy_keys([who.person_id], ERASED_MS)
    await keeps.store.erasure.destroy_keys([who.person_id], ERASED_MS)
    assert await kept(keeps.store) == 1
    async with keeps.store.read() as tx:
        assert await keeps.store.proofs.find(tx, consent_id) is not None


async def test_others_keep_their_own(keeps: World, tmp_path: Path) -> None:
    """Nothing is moved of people who stay."""
    stays = await keeps.person(erase_due_at_ms=ERASED_MS + 1)
    await agree(keeps.store, stays)
    (theirs,) = await consent_ids(keeps.store)
    await keeps.person(erase_due_at_ms=ERASED_MS)
    assert await keeps.store.erase_due(now_ms=ERASED_MS) == 1
    assert await kept(keeps.store) == 0
    found = await proof_of(keeps.store, tmp_path, theirs)
    assert found is not None
    assert found.person_id == stays.person_id
