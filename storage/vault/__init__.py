"""Cryptography: the only place in the product that imports it."""
