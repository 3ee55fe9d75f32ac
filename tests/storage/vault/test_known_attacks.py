"""The installed AES-256-GCM against Project Wycheproof's vectors, many of them attacks.

The vectors are those of https://github.com/C2SP/wycheproof (Apache License 2.0) with the sizes that
are used here: keys of 256 bits, nonces of 96, tags of 128.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VECTORS = json.loads((Path(__file__).parent / "wycheproof" / "aes_256_gcm.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["tcId"])
def test_the_library_does_as_every_vector_expects(vector: dict[str, Any]) -> None:
    """What is valid opens to its message, and is made again; what is not valid is refused."""
    names = ("iv", "msg", "aad", "ct", "tag")
    nonce, message, about, body, tag = (bytes.fromhex(vector[name]) for name in names)
    cipher = AESGCM(bytes.fromhex(vector["key"]))
    if vector["result"] == "valid":
        assert cipher.decrypt(nonce, body + tag, about) == message
        assert cipher.encrypt(nonce, message, about) == body + tag
    else:
        with pytest.raises(InvalidTag):
            cipher.decrypt(nonce, body + tag, about)


def test_there_are_vectors_of_both_kinds() -> None:
    """The control: a file without attacks, or without anything valid, would prove nothing."""
    results = [vector["result"] for vector in VECTORS]
    assert (results.count("valid"), results.count("invalid")) == (39, 27)
