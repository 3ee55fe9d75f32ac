"""The Merkle tree: equal to the RFC's own words, and refusing every proof that was touched."""

import hashlib
import random
import secrets
from functools import cache

import pytest

from storage.ledger.tree import (
    consistency_spans,
    fold,
    full_subtrees,
    grow,
    hash_leaf,
    inclusion_spans,
    is_consistent,
    is_included,
    nodes_over,
    number_of,
)

LEAVES = [b"leaf %d" % number for number in range(1000)]
#: Every pair of sizes up to here.
SMALL = 64


@cache
def root_of(start: int, end: int) -> bytes:
    """Return the hash of a part of the leaves, word for word as RFC 6962, 2.1 defines it."""
    if start == end:
        return hashlib.sha256(b"").digest()
    if end - start == 1:
        return hashlib.sha256(b"\x00" + LEAVES[start]).digest()
    half = 1
    while half * 2 < end - start:
        half *= 2
    left, right = root_of(start, start + half), root_of(start + half, end)
    return hashlib.sha256(b"\x01" + left + right).digest()


def path_of(index: int, start: int, end: int) -> list[bytes]:
    """Return the audit path word for word as RFC 6962, 2.1.1 defines it."""
    if end - start == 1:
        return []
    half = 1
    while half * 2 < end - start:
        half *= 2
    if index < start + half:
        return [*path_of(index, start, start + half), root_of(start + half, end)]
    return [*path_of(index, start + half, end), root_of(start, start + half)]


def spans(parts: list[tuple[int, int]]) -> list[bytes]:
    """Return the hashes of spans."""
    return [root_of(*part) for part in parts]


def test_roots_are_those_of_the_rfc_for_all_sizes() -> None:
    """Grown leaf by leaf, the root equals the recursive definition at every size to 1000."""
    peaks: list[bytes] = []
    assert fold(peaks) == root_of(0, 0)
    for size, leaf in enumerate(LEAVES):
        peaks, _ = grow(size, peaks, [hash_leaf(leaf)])
        assert fold(peaks) == root_of(0, size + 1), size + 1


def test_roots_are_those_of_another_way_for_all_sizes() -> None:
    """Paired level by level, as others do, a last one without a pair going up: the same roots."""
    peaks: list[bytes] = []
    for size, leaf in enumerate(LEAVES, start=1):
        peaks, _ = grow(size - 1, peaks, [hash_leaf(leaf)])
        level = [hashlib.sha256(b"\x00" + one).digest() for one in LEAVES[:size]]
        while len(level) > 1:
            pairs = zip(level[::2], level[1::2], strict=False)
            odd = level[-1:] if len(level) % 2 else []
            level = [hashlib.sha256(b"\x01" + one + two).digest() for one, two in pairs] + odd
        assert fold(peaks) == level[0], size


def test_growing_by_many_is_growing_by_one() -> None:
    """However the leaves are cut into batches, peaks and nodes are the same."""
    seed = secrets.randbits(32)
    print(f"seed of the batches: {seed}")
    dice = random.Random(seed)
    hashes = [hash_leaf(leaf) for leaf in LEAVES]
    whole, nodes = grow(0, [], hashes)
    peaks: list[bytes] = []
    made, size = [], 0
    while size < len(hashes):
        batch = hashes[size : size + dice.randint(1, 70)]
        peaks, new = grow(size, peaks, batch)
        made += new
        size += len(batch)
    assert (peaks, made) == (whole, nodes)
    assert all(
        above == root_of(place << level, (place + 1) << level) for (level, place), above in nodes
    )


def test_subtrees_are_numbered_as_they_are_made() -> None:
    """The numbers of the full subtrees above leaves run from 0 without a gap."""
    _, nodes = grow(0, [], [hash_leaf(leaf) for leaf in LEAVES])
    assert [number_of(place) for place, _ in nodes] == [*range(nodes_over(len(LEAVES)))]


def test_every_span_is_made_of_full_subtrees() -> None:
    """What proofs need is found again from full subtrees alone."""
    for size in range(1, SMALL + 1):
        needed = [part for index in range(size) for part in inclusion_spans(index, size)]
        needed += [part for old in range(1, size) for part in consistency_spans(old, size)]
        for part in needed:
            hashes = [
                root_of(place << level, (place + 1) << level)
                for level, place in full_subtrees(part)
            ]
            assert fold(hashes) == root_of(*part), part


def test_every_inclusion_proof_of_small_trees_holds() -> None:
    """The path of every leaf at every size to 256 is the RFC's, and leads to the root."""
    for size in range(1, 257):
        for index in range(size):
            path = spans(inclusion_spans(index, size))
            assert path == path_of(index, 0, size)
            leaf = hash_leaf(LEAVES[index])
            assert is_included(leaf, index, size, path, root_of(0, size)), (index, size)


def test_every_consistency_proof_of_small_trees_holds() -> None:
    """Every size to 256 is proven to be the beginning of every larger one."""
    for size in range(1, 257):
        for old in range(size + 1):
            path = spans(consistency_spans(old, size))
            assert is_consistent(old, root_of(0, old), size, root_of(0, size), path), (old, size)


def mutations(path: list[bytes]) -> list[list[bytes]]:
    """Return a path touched in every place: changed, shortened, lengthened, turned."""
    flipped = [
        [*path[:at], bytes([one[0] ^ 1, *one[1:]]), *path[at + 1 :]] for at, one in enumerate(path)
    ]
    shorter = [path[:at] + path[at + 1 :] for at in range(len(path))]
    longer = [[*path[:at], b"x" * 32, *path[at:]] for at in range(len(path) + 1)]
    turned = [path[::-1]] if path[::-1] != path else []
    return flipped + shorter + longer + turned


def test_every_mutated_inclusion_proof_is_refused() -> None:
    """No touched path, other leaf, other place, other size or other root is ever accepted."""
    for size in range(1, SMALL + 1):
        root = root_of(0, size)
        for index in range(size):
            path, leaf = spans(inclusion_spans(index, size)), hash_leaf(LEAVES[index])
            assert not any(is_included(leaf, index, size, other, root) for other in mutations(path))
            assert not is_included(hash_leaf(b"another"), index, size, path, root)
            assert not is_included(leaf, index, size, path, b"r" * 32)
            others = {*range(-1, size + 2)} - {index}
            assert not any(is_included(leaf, other, size, path, root) for other in others)


def test_a_leaf_is_no_node() -> None:
    """The two hashes of a node, taken for a leaf, do not stand in for it."""
    root = root_of(0, 2)
    assert not is_included(hash_leaf(root_of(0, 1) + root_of(1, 2)), 0, 1, [], root)


@pytest.mark.parametrize("size", range(2, SMALL + 1))
def test_every_mutated_consistency_proof_is_refused(size: int) -> None:
    """No touched path, other past or other present is ever accepted."""
    root = root_of(0, size)
    for old in range(1, size + 1):
        path, old_root = spans(consistency_spans(old, size)), root_of(0, old)
        for other in mutations(path):
            assert not is_consistent(old, old_root, size, root, other), (old, other)
        assert not is_consistent(old, b"r" * 32, size, root, path)
        assert not is_consistent(old, old_root, size, b"r" * 32, path)
        for wrong in {*range(size + 1)} - {old}:
            assert not is_consistent(wrong, old_root, size, root, path), (old, wrong)
