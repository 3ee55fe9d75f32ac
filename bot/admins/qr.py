"""QR codes, for a terminal and for a page."""

import io

import segno


def for_terminal(text: str) -> str:
    """Return a QR code in half blocks."""
    out = io.StringIO()
    segno.make(text, error="m").terminal(out, compact=True, border=2)
    return out.getvalue()


def for_page(text: str) -> str:
    """Return a QR code as an SVG image that stands in a page itself."""
    made: str = segno.make(text, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", omitsize=False
    )
    return made
