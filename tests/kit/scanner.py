"""Reads a QR code as a phone does, from the pixels of a PNG file.

Small codes only, of version 1 to 3. Their checks are not looked at, because nothing on the way from
file to reader can be dirty.
"""

import struct
import zlib
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Modules of white around a code.
_BORDER = 4
_FINDER = 7
_MASKS = (
    lambda r, c: (r + c) % 2,
    lambda r, _c: r % 2,
    lambda _r, c: c % 3,
    lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2,
    lambda r, c: (r * c) % 2 + (r * c) % 3,
    lambda r, c: ((r * c) % 2 + (r * c) % 3) % 2,
    lambda r, c: ((r + c) % 2 + (r * c) % 3) % 2,
)
_BYTES = 0b0100
_SIZE_OF_VERSION_3 = 29
#: Of the two higher levels of checks: so many words lie in each of two blocks, dealt in turn.
_WORDS_IN_TWO_BLOCKS = {0b11: 17, 0b10: 13}


def scan(png: bytes) -> str:
    """Return the text of a QR code in a black and white PNG image."""
    dark = _modules(_pixels(png))
    bits = "".join(str(bit) for bit in _bits(dark))
    if len(dark) == _SIZE_OF_VERSION_3 and (words := _WORDS_IN_TWO_BLOCKS.get(_format(dark) >> 3)):
        dealt = [bits[at : at + 8] for at in range(0, 16 * words, 8)]
        bits = "".join(dealt[0::2] + dealt[1::2])
    mode, length = int(bits[:4], 2), int(bits[4:12], 2)
    assert mode == _BYTES, mode
    return bytes(int(bits[at : at + 8], 2) for at in range(12, 12 + 8 * length, 8)).decode()


def _pixels(png: bytes) -> list[list[bool]]:
    """Unpack rows of one-bit pixels; true is dark."""
    assert png.startswith(_SIGNATURE)
    at, packed, width = len(_SIGNATURE), b"", 0
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, _, depth = struct.unpack(">IIB", body[:9])
            assert depth == 1
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    return [
        [not row[x // 8] >> (7 - x % 8) & 1 for x in range(width)]
        for row in _rows(zlib.decompress(packed), (width + 7) // 8)
    ]


def _rows(raw: bytes, row_bytes: int) -> Iterator[bytes]:
    """Undo the filter of each row: none, or the difference to the row above."""
    above = bytes(row_bytes)
    for start in range(0, len(raw), row_bytes + 1):
        filtered, row = raw[start], raw[start + 1 : start + 1 + row_bytes]
        assert filtered in {0, 2}, filtered
        if filtered:
            row = bytes((one + up) % 256 for one, up in zip(row, above, strict=True))
        yield row
        above = row


def _modules(pixels: list[list[bool]]) -> list[list[bool]]:
    """Find the upper left corner and the size of a module, and read the middle of each."""
    first = next(y for y, row in enumerate(pixels) if any(row))
    left = pixels[first].index(True)
    scale = left // _BORDER
    size = len(pixels) // scale - 2 * _BORDER
    middle = [left + scale * n + scale // 2 for n in range(size)]
    return [[pixels[y][x] for x in middle] for y in middle]


def _bits(dark: list[list[bool]]) -> Iterator[int]:
    """Walk up and down the pairs of columns from the right, and take the mask away."""
    size = len(dark)
    mask = _MASKS[_format(dark) & 0b111]
    columns = (*range(size - 1, 6, -2), 5, 3, 1)
    for turn, column in enumerate(columns):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        for r in rows:
            for c in (column, column - 1):
                if not _is_fixed(r, c, size):
                    yield int(dark[r][c]) ^ (mask(r, c) == 0)


def _format(dark: list[list[bool]]) -> int:
    """Return two bits for the level of checks, and three for the mask."""
    return int("".join(str(int(dark[8][c])) for c in range(5)), 2) ^ 0b10101


def _is_fixed(r: int, c: int, size: int) -> bool:
    """Tell whether a module belongs to the pattern that every code has."""
    corner, far = _FINDER + 1, size - _FINDER - 1
    if r == _FINDER - 1 or c == _FINDER - 1:
        return True
    in_finder = (r <= corner and (c <= corner or c >= far)) or (r >= far and c <= corner)
    # Version 1 has no fourth, smaller square.
    around = size - 9
    return in_finder or (size > 21 and around <= r < around + 5 and around <= c < around + 5)
