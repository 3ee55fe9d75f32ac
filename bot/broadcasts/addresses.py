"""Where an address leads, told so that nobody mistakes it: what is shown is where a browser goes.

Programs read odd addresses differently. With a backslash before an @ a
browser goes to the one host and we would tell the other, and letters of another alphabet look like
ours; so what is not plain is refused rather than guessed.
"""

import re
import unicodedata
from typing import Final

#: A name of plain letters, as typed into a browser; other alphabets in their xn-- form.
_PLAIN: Final = re.compile(
    r"https://(?P<host>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9])"
    r"(?::\d{1,5})?(?P<rest>[/?#].*)?",
    re.IGNORECASE,
)
_IN_TEXT: Final = re.compile(r"[a-z][a-z0-9+.-]*://\S*", re.IGNORECASE)
#: What stands behind an address in a sentence, and does not belong to it.
_BEHIND: Final = ".,;:!?)]}>»”\"'"
_FORMS: Final = ("docs.google.com/forms", "forms.gle/", "forms.office.com/", "typeform.com/")
#: More than any page's own, and less than Messenger takes.
_MAX_CHARS: Final = 1_000


def host_of(url: str) -> str | None:
    """Return the host that an address leads to; None for what is no plain https address."""
    found = _PLAIN.fullmatch(url) if len(url) <= _MAX_CHARS else None
    if found is None or "\\" in url or any(map(_is_unseen, url)):
        return None
    return found["host"].lower()


def is_form(url: str) -> bool:
    """Tell whether an address leads to a form that collects answers elsewhere."""
    whole = f"{url.lower()}/"
    return any(form in whole for form in _FORMS)


def addresses_in(text: str) -> list[str]:
    """Return the addresses that stand in a text."""
    return [found.rstrip(_BEHIND) for found in _IN_TEXT.findall(text)]


def _is_unseen(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}
