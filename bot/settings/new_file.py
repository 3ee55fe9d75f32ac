"""A new configuration file, from a few answers, with a comment at what is likely to be changed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bot.settings.ready_made import READY_MADE

_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
_HTTP_PORT: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What whoever sets up a bot was asked."""

    name: str
    address: str
    email: str
    public_url: str
    page_name: str
    time_zone: str
    languages: Sequence[str]
    purposes: Sequence[str]

    @property
    def is_development(self) -> bool:
        """Tell whether the bot is to be reached from this machine only."""
        url = urlsplit(self.public_url)
        return url.scheme == "http" and url.hostname in _LOOPBACK


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files of a new bot are, beside its configuration."""

    folder: Path

    @property
    def verify_token(self) -> Path:
        """Return the file of the verify token."""
        return self.folder / "secrets" / "verify_token"

    @property
    def app_secret(self) -> Path:
        """Return the file of the app secret."""
        return self.folder / "secrets" / "app_secret"

    @property
    def keys(self) -> Path:
        """Return the file of the secrets that open people's keys."""
        return self.folder / "keys" / "keys.secret"

    @property
    def data(self) -> Path:
        """Return the folder of the database."""
        return self.folder / "data"

    def page_token(self, page: str) -> Path:
        """Return the file of a Page's token."""
        return self.folder / "secrets" / f"page_token_{page}"


def written(answers: Answers, places: Places) -> str:
    """Return the text of the file."""
    parts = (
        _server(answers),
        _messenger(places),
        _page(answers),
        _controller(answers),
        _languages(answers),
        _PURPOSES,
        *(_purpose(name, answers.languages) for name in answers.purposes),
        _kept(places),
        _MAIL,
    )
    return "\n".join("\n".join(part) + "\n" for part in (_HEAD, *parts))


_HEAD: Final = (
    "# The settings of ChatMagico Bot, as `chatmagico init` wrote them. config.example.toml",
    "# explains every key there is; `chatmagico check` tells what is wrong here. No secret belongs",
    "# in this file: each stands in a file of its own, which others must not read.",
)
_PURPOSES: Final = (
    "# Kinds of messages that people are asked to agree to, one by one. Change title and text as",
    "# you like before anybody has agreed; afterwards people are told of a change.",
)
_MAIL: Final = (
    "# Production asks for a mail server: deadlines and trouble reach admins by e-mail when their",
    "# chat is closed. Take away the # below and write yours.",
    "# [mail]",
    '# host = "mail.example.org"',
    "# port = 587",
    '# username = ""',
    '# password_file = "secrets/mail_password"',
    '# sender = "bot@example.org"',
    "",
    "# Who else gets data, such as whoever hosts this machine: people read it in the notice.",
    "# [[recipients]]",
    '# name = "…"',
    '# role = "hosting"',
    '# country = "DE"',
    "",
    "# From what age people may agree; 0 switches the question off.",
    "[age]",
    "minimum = 16",
)


def _server(answers: Answers) -> Iterator[str]:
    if answers.is_development:
        yield '# On this machine only. For people, write "production" and an https address below.'
        yield 'environment = "development"'
    else:
        yield 'environment = "production"'
    yield ""
    yield "[server]"
    yield "# Where Meta and people reach the bot; /webhook, /privacy … are added to it."
    yield f"public_url = {quoted(answers.public_url)}"
    yield "# Where it listens: a proxy on this machine ends TLS and passes everything on to it."
    yield 'host = "127.0.0.1"'
    yield f"port = {_port(answers)}"
    if not answers.is_development:
        yield 'trusted_proxies = ["127.0.0.1/32"]'


def _port(answers: Answers) -> int:
    port = urlsplit(answers.public_url).port
    return port or _HTTP_PORT if answers.is_development else 8080


def _messenger(places: Places) -> Iterator[str]:
    yield "[messenger]"
    yield "# `chatmagico connect` writes app_id here, and the app secret into this file."
    yield f"app_secret_file = {quoted(str(places.app_secret))}"
    yield f"verify_token_file = {quoted(str(places.verify_token))}"


def _page(answers: Answers) -> Iterator[str]:
    yield "[[pages]]"
    yield "# `chatmagico connect` writes id and access_token_file here."
    yield f"name = {quoted(answers.page_name)}"
    yield "# Broadcasts are scheduled, and quiet hours kept, by this clock."
    yield f"time_zone = {quoted(answers.time_zone)}"


def _controller(answers: Answers) -> Iterator[str]:
    yield "# Who answers for the data. People read it in the notice before they agree to anything."
    yield "[controller]"
    yield f"name = {quoted(answers.name)}"
    yield f"address = {quoted(answers.address)}"
    yield f"email = {quoted(answers.email)}"
    yield "# Data protection officer, authority for complaints, legal notice: where there are any."
    yield 'dpo = ""'
    yield 'authority = ""'
    yield 'imprint_url = ""'


def _languages(answers: Answers) -> Iterator[str]:
    yield "[languages]"
    yield f"default = {quoted(answers.languages[0])}"
    yield f"offered = {json.dumps(list(answers.languages))}"


def _purpose(name: str, languages: Sequence[str]) -> Iterator[str]:
    purpose = READY_MADE[name]
    yield "[[purposes]]"
    yield f"id = {quoted(name)}"
    yield f"class = {quoted(purpose.klass)}"
    yield from _texts(purpose.texts[languages[0]])
    for code in languages[1:]:
        yield f"[purposes.{code}]"
        yield from _texts(purpose.texts[code])


def _texts(texts: tuple[str, str]) -> Iterator[str]:
    title, text = texts
    yield f"title = {quoted(title)}"
    yield f"text = {quoted(text)}"


def _kept(places: Places) -> Iterator[str]:
    data, keys = places.data, places.keys
    yield "# People's data, sealed, and apart from it the keys that open it: never in one backup."
    yield "[storage]"
    yield f"url = {_database(data / 'chatmagico.db')}"
    yield f"tombstones = {quoted(str(keys.with_name('tombstones.log')))}"
    yield ""
    yield "[keys]"
    yield f"url = {_database(keys.with_name('keys.db'))}"
    yield f"file = {quoted(str(keys))}"


def _database(file: Path) -> str:
    return quoted(f"sqlite+aiosqlite:///{file}")


def quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
