"""What the privacy page tells of breaches, before everything else."""

from collections.abc import Iterable
from html import escape
from typing import Final

#: Where it stands in the page.
BREACHES: Final = b"<!-- breaches -->"


def told_in_public(texts: Iterable[str]) -> bytes:
    """Return public texts as they stand in a page."""
    sections = (
        '<section class="short">' + "".join(map(_paragraph, text.split("\n\n"))) + "</section>"
        for text in texts
    )
    return "\n".join(sections).encode()


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"
