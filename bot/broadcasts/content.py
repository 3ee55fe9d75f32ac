"""What a broadcast says, as it is written and kept: the same for everybody."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

import msgspec

from bot.broadcasts.addresses import addresses_in, host_of, is_form
from bot.broadcasts.errors import DraftRefused
from flows.broadcasts import ONLINE, room
from flows.kit.reply import MAX_TITLE_CHARS, length_of
from flows.kit.texts import LANGUAGES, translate
from flows.kit.words import normalise
from flows.rights_words import RIGHTS
from flows.words import LEXICON, STOP, STOP_WITHIN

#: The only placeholder: the name a person gave, or the word behind the bar: {name|friend}.
_NAME: Final = re.compile(r"\{name\|([^{}|]{1,30})\}")
#: A longer name is cut, so that the length can be checked when the text is written.
MAX_NAME_CHARS: Final = 30
#: Nobody may get used to being asked for these in a chat.
_ASKS_FOR_SECRETS: Final = re.compile(
    r"password|passwor[dt]|kennwort|mot de passe|contraseña|hasł[oa]|\bpin\b|\bcvv\b|\biban\b"
    r"|credit card|kreditkarte|carte (bleue|de crédit|bancaire)|tarjeta de crédito"
    r"|carta di credito|karty? kredytow|passport|reisepass|passeport|pasaporte|passaporto",
    re.IGNORECASE,
)
#: The titles of our own buttons.
_OURS: Final = frozenset(normalise(translate(code, ONLINE)) for code in LANGUAGES)


class Link(msgspec.Struct, frozen=True):
    """A button of the author's that opens a page; its title by language."""

    titles: dict[str, str]
    url: str

    @property
    def told(self) -> str:
        """Say where it leads, to be shown before it is sent."""
        return _told(self.url)


class Content(msgspec.Struct, frozen=True):
    """Texts by language, a picture before them, a button below them."""

    texts: dict[str, str]
    picture_url: str = ""
    link: Link | None = None

    def text(self, language: str, default: str, *, name: str | None) -> str:
        """Return the text as one person reads it."""
        text = self.texts.get(language) or self.texts[default]
        short = (name or "")[:MAX_NAME_CHARS].strip()
        return _NAME.sub(lambda found: short or found[1], text)

    @property
    def led_to(self) -> tuple[str, ...]:
        """Say where the addresses in the texts lead, each once."""
        found = (_told(url) for text in self.texts.values() for url in addresses_in(text))
        return tuple(dict.fromkeys(found))


_decode = msgspec.json.Decoder(Content).decode


def to_kept(content: Content) -> str:
    """Return content as it is kept."""
    return msgspec.json.encode(content).decode()


def from_kept(kept: str) -> Content:
    """Return kept content."""
    return _decode(kept)


def uses_name(content: Content) -> bool:
    """Tell whether a text greets by name."""
    return any(_NAME.search(text) for text in content.texts.values())


def check(
    content: Content,
    *,
    default: str,
    offered: tuple[str, ...],
    controller: str,
    titles: Mapping[str, str],
) -> None:
    """Refuse what does not fit a message in some language, or asks for what nobody may ask for.

    Raises:
        DraftRefused: With what was found, and in which language.
    """
    if not content.texts.get(default, "").strip() or not content.texts.keys() <= set(offered):
        raise DraftRefused(found="language", language=default)
    for language in offered:
        text = content.texts.get(language) or content.texts[default]
        _check_text(text, language, room(language, controller=controller, title=titles[language]))
    if content.link is not None:
        _check_link(content.link, default)
    if content.picture_url and host_of(content.picture_url) is None:
        raise DraftRefused(found="picture")


def _check_text(text: str, language: str, limit: int) -> None:
    longest = _NAME.sub(lambda found: max(found[1], "x" * MAX_NAME_CHARS, key=len), text)
    if length_of(longest) > limit:
        raise DraftRefused(found="length", language=language, chars=length_of(longest), limit=limit)
    if "{" in longest or "}" in longest:
        raise DraftRefused(found="placeholder", language=language)
    if _asks_for_secrets(text):
        raise DraftRefused(found="secret", language=language)
    if any(host_of(url) is None for url in addresses_in(text)):
        raise DraftRefused(found="address", language=language)


def _check_link(link: Link, default: str) -> None:
    if not link.titles.get(default, "").strip():
        raise DraftRefused(found="button", language=default)
    if any(length_of(title) > MAX_TITLE_CHARS for title in link.titles.values()):
        raise DraftRefused(found="button", limit=MAX_TITLE_CHARS)
    for language, title in link.titles.items():
        if _asks_for_secrets(title):
            raise DraftRefused(found="secret", language=language)
        if _means_something(normalise(title)):
            raise DraftRefused(found="word")
    if host_of(link.url) is None:
        raise DraftRefused(found="link")


def _asks_for_secrets(text: str) -> bool:
    """Tell whether a text asks for what nobody may ask for; unseen letters hide no word."""
    seen = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return _ASKS_FOR_SECRETS.search(unicodedata.normalize("NFKC", seen)) is not None


def _means_something(title: str) -> bool:
    """Tell whether a title promises what only our own buttons do: to end it, to erase, to show."""
    words = {LEXICON.find(title, code) for code in LANGUAGES}
    return not words.isdisjoint({STOP, *RIGHTS}) or title in _OURS or STOP_WITHIN.holds(title)


def _told(url: str) -> str:
    return f"{'a form on ' * is_form(url)}{host_of(url) or 'an address that is not plain'}"
