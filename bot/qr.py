"""QR codes, for a terminal, for a page, and for print."""

import io

import segno

#: Pixels to a module, and modules of white around: so a code is read off paper too.
_SCALE = 12
_BORDER = 4


def for_terminal(text: str) -> str:
    """Return a QR code in half blocks."""
    out = io.StringIO()
    segno.make(text, error="m").terminal(out, compact=True, border=2)
    return out.getvalue()


def for_page(text: str) -> str:
    """Return a QR code as an SVG image that stands in a page itself."""
    made: str = segno.make(text, error="m").svg_inline(
        scale=5, border=_BORDER, dark="#000", light="#fff", omitsize=False
    )
    return made


def as_png(text: str) -> bytes:
    """Return a QR code as a PNG image, for print."""
    return _file(text, "png")


def as_svg(text: str) -> bytes:
    """Return a QR code as an SVG file, for print at any size."""
    return _file(text, "svg")


def _file(text: str, kind: str) -> bytes:
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind=kind, scale=_SCALE, border=_BORDER, light="#fff")
    return out.getvalue()
