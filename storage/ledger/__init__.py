"""A line for every consent and every erasure, in a Merkle tree that only grows.

A line is a commitment: a keyed hash that tells nothing by itself. What it stands for, its opening,
is sealed under the person's key and goes with them; the tree stays whole and points at nobody.
"""
