"""What it costs to seal and to open one value, beside AES-256-GCM alone."""

import os
from collections.abc import Callable
from timeit import repeat

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.results import Result, below
from benchmarks.scale import Scale
from storage.vault.sealing import Cell, new_key, open_sealed, seal

_VALUE = b"x" * 200
_TIMES = 2_000
_MOST_US = 15


async def measure(scale: Scale) -> list[Result]:
    """Time each in turns."""
    key, cell = new_key(), Cell("people", "state", os.urandom(16), os.urandom(16))
    sealed, nonce, about = seal(key, _VALUE, cell), bytes(12), cell.associated_data()
    encrypted = AESGCM(key).encrypt(nonce, _VALUE, about)
    return [
        _compare(
            "seal 200 bytes",
            lambda: seal(key, _VALUE, cell),
            lambda: AESGCM(key).encrypt(nonce, _VALUE, about),
            scale,
        ),
        _compare(
            "open 200 bytes",
            lambda: open_sealed(key, sealed, cell),
            lambda: AESGCM(key).decrypt(nonce, encrypted, about),
            scale,
        ),
    ]


def _compare(
    name: str, ours: Callable[[], object], alone: Callable[[], object], scale: Scale
) -> Result:
    took_us, alone_us = _each_us(ours, scale), _each_us(alone, scale)
    return below(name, took_us, most=_MOST_US, unit="µs", baseline=alone_us)


def _each_us(call: Callable[[], object], scale: Scale) -> float:
    return min(repeat(call, number=_TIMES, repeat=scale.rounds + 1)) / _TIMES * 1e6
