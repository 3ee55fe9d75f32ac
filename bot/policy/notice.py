"""The notice as these settings make it: its words in every language, and what it states."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from markupsafe import Markup

from bot.pages import Pages
from bot.pages.press import notice_bodies
from bot.policy.facts import facts_hash, facts_of
from bot.settings import Settings


@dataclass(frozen=True)
class Notice:
    """A notice that can be published."""

    facts: dict[str, Any]
    #: The page's inner HTML by language.
    texts: dict[str, str] = field(repr=False)

    @cached_property
    def words_hash(self) -> bytes:
        """Return a hash of the words in every language; the markup around them may change."""
        return words_hash(self.texts)

    @cached_property
    def facts_hash(self) -> bytes:
        """Return a hash of what it states."""
        return facts_hash(self.facts)


def written(settings: Settings) -> Notice:
    """Return the notice of these settings; it takes some hundred milliseconds: use a thread."""
    return Notice(facts_of(settings), notice_bodies(Pages.of(settings)))


def words_of(text: str) -> str:
    """Return the words of an inner HTML, with single spaces between them."""
    return str(Markup(text).striptags())  # noqa: S704 - its tags are taken away, not trusted


def words_hash(texts: dict[str, str]) -> bytes:
    """Return a hash of the words of a notice in every language."""
    words = "\n".join(f"{code}: {words_of(texts[code])}" for code in sorted(texts))
    return hashlib.sha256(words.encode()).digest()
