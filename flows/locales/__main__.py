"""Refreshes every catalogue from the texts that stand in the flows, and tells what is empty."""

import sys
from collections.abc import Iterator

from flows.kit.texts import LANGUAGES, LOCALES
from flows.locales.refresh import path_of, read, refresh


def empty_texts() -> Iterator[str]:
    """Yield a sentence for each catalogue that has texts without a translation."""
    for language in LANGUAGES[1:]:
        empty = sum(bool(message.id) and not message.string for message in read(language))
        if empty:
            place = path_of(language, "po").relative_to(LOCALES.parents[1])
            yield f"{place}: {empty} {'text is' if empty == 1 else 'texts are'} empty."


refresh()
sys.stdout.write("\n".join([*empty_texts()] or ["No text is empty."]) + "\n")
