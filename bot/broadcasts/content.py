"""What a broadcast says, as it is written and kept: the same for everybody."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec

from bot.broadcasts.errors import DraftRefused
from flows.broadcasts import room
from flows.kit.reply import MAX_TITLE_CHARS, length_of

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
_FORMS: Final = ("docs.google.com/forms", "forms.gle", "forms.office.com", "typeform.com")


class Link(msgspec.Struct, frozen=True):
    """A button of the author's that opens a page; its title by language."""

    titles: dict[str, str]
    url: str

    @property
    def host(self) -> str:
        """Return where it leads, to be shown before it is sent."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_form(self) -> bool:
        """Tell whether it leads to a form that collects answers elsewhere."""
        return any(form in self.url for form in _FORMS)


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
    if content.picture_url and urlsplit(content.picture_url).scheme not in {"https", "http"}:
        raise DraftRefused(found="picture")


def _check_text(text: str, language: str, limit: int) -> None:
    longest = _NAME.sub(lambda found: max(found[1], "x" * MAX_NAME_CHARS, key=len), text)
    if length_of(longest) > limit:
        raise DraftRefused(found="length", language=language, chars=length_of(longest), limit=limit)
    if "{" in longest or "}" in longest:
        raise DraftRefused(found="placeholder", language=language)
    if _ASKS_FOR_SECRETS.search(text):
        raise DraftRefused(found="secret", language=language)


def _check_link(link: Link, default: str) -> None:
    if not link.titles.get(default, "").strip():
        raise DraftRefused(found="button", language=default)
    if any(length_of(title) > MAX_TITLE_CHARS for title in link.titles.values()):
        raise DraftRefused(found="button", limit=MAX_TITLE_CHARS)
    if urlsplit(link.url).scheme not in {"https", "http"} or not link.host:
        raise DraftRefused(found="link")
