"""What people type, brought to one form, and the words that are looked up in it."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Longer texts are prose; what is cut off can't make them one of our words.
MAX_READ_CHARS = 2000
#: Up to this many words, a text that merely contains a stop word counts as one.
SHORT_WORDS = 5

_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ø": "o", "đ": "d"}
# Letters by their class, but nothing to see: used to hide or pad words.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0")


def _fold(char: str) -> str:
    """Give what stays of one character: a bare letter, a space, or nothing."""
    if char in _LETTERS:
        return _LETTERS[char]
    category = unicodedata.category(char)
    if category in {"Cf", "Mn", "Me", "Cs"} or char in _INVISIBLE:
        return ""
    if category[0] not in "LN":
        return " "
    bare = unicodedata.normalize("NFKD", char)
    return "".join(_LETTERS.get(c, c) for c in bare if unicodedata.category(c) != "Mn")


class _Folding(dict[int, str]):
    """What stays of each character; rare ones are worked out anew, so that it never grows."""

    def __missing__(self, code: int) -> str:
        return _fold(chr(code))


_FOLDING = _Folding(
    {
        code: _fold(chr(code))
        for start, stop in ((0, 0x250), (0x2000, 0x2070))
        for code in range(start, stop)
    }
)


def normalise(text: str) -> str:
    """Bring a text to small bare letters and single spaces: "Stop!!" is "stop".

    Width, case, accents, punctuation, emoji, zero-width and bidi controls go; umlauts become
    two letters (LÖSCHEN = LOESCHEN); "S.T.O.P." is "stop".
    """
    text = text[:MAX_READ_CHARS]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    words = text.casefold().translate(_FOLDING).split()
    if len(words) > 1 and max(map(len, words)) == 1:
        return "".join(words)
    return " ".join(words)


#: The same for texts of our own, which come again and again.
normalise_title = lru_cache(maxsize=1024)(normalise)


def spellings_of(text: str) -> Iterator[str]:
    """List the ways a word of ours may be typed: LÖSCHEN, LOESCHEN and LOSCHEN."""
    yield normalise(text)
    plain = unicodedata.normalize("NFKD", text)
    yield normalise("".join(char for char in plain if not unicodedata.combining(char)))


class Lexicon:
    """Words in several languages, found in one look-up.

    A spelling that means two things counts only in the language of the person, and so does
    one that is listed in `only_own`.

    Args:
        table: word -> language -> spellings.
        only_own: Spellings that are everyday words of another language.
    """

    def __init__(
        self, table: Mapping[str, Mapping[str, tuple[str, ...]]], *, only_own: frozenset[str]
    ) -> None:
        self._own: dict[str, dict[str, str]] = {}
        meanings: dict[str, set[str]] = {}
        languages: dict[str, set[str]] = {}
        for word, language, spelling in _entries(table):
            self._own.setdefault(language, {}).setdefault(spelling, word)
            meanings.setdefault(spelling, set()).add(word)
            languages.setdefault(spelling, set()).add(language)
        #: Spellings with two meanings, which therefore count in one language only.
        self.collisions = {s: frozenset(words) for s, words in meanings.items() if len(words) > 1}
        self._common = {
            spelling: next(iter(words))
            for spelling, words in meanings.items()
            if len(words) == 1 and spelling not in only_own
        }
        self._language = {
            spelling: next(iter(codes))
            for spelling, codes in languages.items()
            if len(codes) == 1 and spelling not in only_own
        }

    def find(self, spelling: str, language: str) -> str | None:
        """Find the word of a normalised text, the person's own language first."""
        own = self._own.get(language)
        return (own.get(spelling) if own else None) or self._common.get(spelling)

    def language_of(self, spelling: str) -> str | None:
        """Tell which language a normalised text is, if it is a word of just one."""
        return self._language.get(spelling)

    def is_common(self, spelling: str) -> bool:
        """Tell whether a spelling counts in every language."""
        return spelling in self._common


def _entries(
    table: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> Iterator[tuple[str, str, str]]:
    """List every spelling of a table as word, language, normalised spelling."""
    for word, by_language in table.items():
        for language, texts in by_language.items():
            for text in texts:
                for spelling in spellings_of(text):
                    yield word, language, spelling


class Within:
    """Words that count even where a short text merely contains them."""

    def __init__(self, spellings: frozenset[str]) -> None:
        self._single = frozenset(s for s in spellings if " " not in s)
        self._phrases = tuple(f" {s} " for s in sorted(spellings) if " " in s)

    def holds(self, text: str) -> bool:
        """Tell whether a normalised text of at most five words contains one of them."""
        words = text.split()
        if len(words) > SHORT_WORDS:
            return False
        if not self._single.isdisjoint(words):
            return True
        padded = f" {text} "
        return any(phrase in padded for phrase in self._phrases)
