"""The Merkle tree of RFC 6962, as arithmetic: no table, no signature, nothing that is kept.

A tree over a list of leaves splits it at the largest power of two below its size. A *span* is a
part of the list that occurs in that splitting; a *place* is a full subtree: its level, 0 for a
leaf, and its number among those of its level, from the left. Every span is a row of full subtrees
of falling size, so their hashes, which never change, are all that needs to be kept.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int]
Place = tuple[int, int]

#: The root of a tree without leaves.
EMPTY_ROOT = hashlib.sha256().digest()
HASH_BYTES = 32


def hash_leaf(data: bytes) -> bytes:
    """Return the hash of a leaf; its prefix tells it from that of a node."""
    return hashlib.sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the hash of what stands above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def full_subtrees(span: Span) -> Iterator[Place]:
    """Yield the full subtrees that a span is made of, from the left."""
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def nodes_over(size: int) -> int:
    """Return how many full subtrees stand above this many leaves."""
    return size - size.bit_count()


def number_of(place: Place) -> int:
    """Return how many full subtrees above leaves came to be before this one.

    So they are numbered as they are made, without a gap, and are kept in that order.
    """
    level, at = place
    last_leaf = ((at + 1) << level) - 1
    return nodes_over(last_leaf) + level - 1


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the hash above full subtrees of falling size; of none, that of an empty tree."""
    if not hashes:
        return EMPTY_ROOT
    above = hashes[-1]
    for left in reversed(hashes[:-1]):
        above = hash_node(left, above)
    return above


def grow(
    size: int, peaks: Sequence[bytes], leaves: Iterable[bytes]
) -> tuple[list[bytes], list[tuple[Place, bytes]]]:
    """Append leaves; return the full subtrees of the grown tree, and all that have come to be.

    Args:
        size: How many leaves there are.
        peaks: The hashes of the full subtrees they make.
        leaves: The hashes of the new leaves.
    """
    grown, made = list(peaks), []
    for number, leaf in enumerate(leaves, size):
        above, level, place = leaf, 0, number
        while place & 1:
            above, level, place = hash_node(grown.pop(), above), level + 1, place >> 1
            made.append(((level, place), above))
        grown.append(above)
    return grown, made


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return the spans whose hashes lead from a leaf to the root, from below."""
    start, end = 0, size
    spans: list[Span] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old_size: int, size: int) -> list[Span]:
    """Return the spans whose hashes show that a tree is the beginning of a larger one."""
    if not 0 < old_size < size:
        return []
    start, end = 0, size
    spans: list[Span] = []
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:
        spans.append((start, end))
    return spans[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a path leads from a leaf's hash to a root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, above = index, size - 1, leaf
    for beside in path:
        if not last:
            return False
        if at & 1 or at == last:
            above = hash_node(beside, above)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            above = hash_node(above, beside)
        at, last = at >> 1, last >> 1
    return not last and above == root


def is_consistent(
    old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether a path shows that the old tree begins the new one (RFC 9162, 2.1.4.2)."""
    if old_size in {0, size}:
        same = old_root == (EMPTY_ROOT if old_size == 0 else root)
        return same and not path
    if not (0 < old_size < size and path):
        return False
    # Where the old tree is a full one, its root begins the path and is left out of it.
    hashes = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_above = above = hashes[0]
    for beside in hashes[1:]:
        if not last:
            return False
        if at & 1 or at == last:
            old_above, above = hash_node(beside, old_above), hash_node(beside, above)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            above = hash_node(above, beside)
        at, last = at >> 1, last >> 1
    return not last and old_above == old_root and above == root


def _split(size: int) -> int:
    """Return the largest power of two below a size of two or more."""
    return 1 << ((size - 1).bit_length() - 1)
