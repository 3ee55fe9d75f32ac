"""Sign what leaves the house, so that whoever gets it back can tell that it is unchanged."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE_BYTES = 64


class Signer:
    """Signs with Ed25519, under a key made from 32 secret bytes."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._private.public_key().public_bytes_raw()

    def sign(self, content: bytes | bytearray) -> bytes:
        """Return the signature over exactly these bytes."""
        return self._private.sign(content)

    def has_signed(self, content: bytes | bytearray | memoryview, signature: bytes) -> bool:
        """Tell whether these bytes were signed with this key."""
        return is_signed(self.public_key, content, signature)


def is_signed(public_key: bytes, content: bytes | bytearray | memoryview, signature: bytes) -> bool:
    """Tell whether these bytes were signed by whoever published this key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True
