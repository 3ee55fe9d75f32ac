"""Signing keys: made anew, named by those before, and followed by whoever knows an old one."""

from pathlib import Path

import pytest

from storage import KeysUnusable
from storage.ledger.note import VerifierKey
from storage.ledger.proof import ProofRefused, read_proof
from storage.vault.secrets import FileSecrets, Secrets
from storage.vault.signing_keys import HeldSigning, file_beside, load, rotate
from tests.storage.conftest import ON_SQLITE
from tests.storage.ledger.keeping import ORIGIN, agree, audited, consent_ids, fill, prover
from tests.storage.make import World


@pytest.fixture
def root(tmp_path: Path) -> Secrets:
    """A root secret."""
    keys = FileSecrets(tmp_path / "keys.secret")
    keys.create()
    return keys.load()


def test_each_new_key_is_named_by_the_one_before(tmp_path: Path, root: Secrets) -> None:
    """After two rotations all three keys are known, the present one first, for both uses."""
    file = file_beside(tmp_path / "keys.secret")
    seen = [load(file, root)]
    seen += [rotate(file, root) for _ in range(2)]
    for use in ("ledger", "export"):
        made = [keys[use].signer.public_key for keys in seen]
        assert len(set(made)) == 3
        assert load(file, root)[use].public_keys == tuple(reversed(made))
        assert all(one.holds() for one in seen[-1][use].successions)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("spoil", ["mode", "chain", "json"])
def test_a_spoilt_file_is_refused(tmp_path: Path, root: Secrets, spoil: str) -> None:
    """A file that others may read, that is no JSON, or whose chain does not hold, is not used."""
    file = file_beside(tmp_path / "keys.secret")
    rotate(file, root)
    if spoil == "mode":
        file.chmod(0o644)
    elif spoil == "chain":
        other = file_beside(tmp_path / "other")
        rotate(other, Secrets(bytes(32), {}))
        seed = other.read_text().split('"')[3]
        file.write_text(file.read_text().replace(file.read_text().split('"')[3], seed))
    else:
        file.write_text("{")
    with pytest.raises(KeysUnusable):
        load(file, root)


@ON_SQLITE
async def test_old_and_new_proofs_verify_after_a_rotation(
    world: World, tmp_path: Path, root: Secrets
) -> None:
    """With the first key one checks old proofs and new ones; with the new key, new ones only."""
    file, store = tmp_path / "keys.secret.signing", world.store
    store.signing = HeldSigning(lambda: load(file, root))
    await fill(store, 2)
    await agree(store, await world.person())
    first = prover(store, tmp_path).checkpoints.key
    old = await _proof(world, tmp_path)
    rotate(file, root)
    store.signing.refresh()
    second = prover(store, tmp_path).checkpoints.key
    assert second != first
    new = await _proof(world, tmp_path)
    assert read_proof(old, first).key == first
    assert read_proof(new, first).key == second
    assert read_proof(new, second).key == second
    with pytest.raises(ProofRefused, match="another key"):
        read_proof(old, second)
    stranger = VerifierKey(ORIGIN, bytes(32))
    with pytest.raises(ProofRefused, match="another key"):
        read_proof(new, stranger)
    spoilt = new.replace(new.split(b'"successions"')[1].split(b'"')[5], b"A" * 86 + b"==")
    with pytest.raises(ProofRefused):
        read_proof(spoilt, first)
    found = await audited(store, tmp_path)
    assert (found.faults, found.checkpoints) == ([], 2)


async def _proof(world: World, folder: Path) -> bytes:
    (consent, *_) = await consent_ids(world.store)
    async with world.store.read() as tx:
        found = await prover(world.store, folder).of_consent(tx, consent)
    assert found is not None
    return found.file
