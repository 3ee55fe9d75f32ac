"""Sign what leaves the house, with Ed25519; whoever has the public key can check it."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Signer:
    """Signs with a key that 32 secret bytes, the seed, make."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        #: The 32 bytes that everybody may know.
        self.public_key = self._private.public_key().public_bytes_raw()

    def sign(self, data: bytes | bytearray) -> bytes:
        """Return a signature of 64 bytes; equal data gives equal signatures."""
        return self._private.sign(data)


def verify(public_key: bytes, signature: bytes, data: bytes | bytearray | memoryview) -> bool:
    """Tell whether the owner of a public key has signed just this."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True
