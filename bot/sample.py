"""Two Pages of a made-up club: what the demo and the chat are configured with."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.settings import Settings, parse_settings
from bot.simulator import SimulatedPage

LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pl")

_NEWS: Final = {
    "en": ("Club news", "News of our work, about once a month."),
    "de": ("Neuigkeiten", "Neues von unserer Arbeit, etwa einmal im Monat."),
    "fr": ("Nouvelles du club", "Des nouvelles de nos activités, environ une fois par mois."),
    "es": ("Noticias del club", "Noticias de nuestro trabajo, más o menos una vez al mes."),
    "it": ("Notizie del club", "Notizie sulle nostre attività, circa una volta al mese."),
    "pl": ("Wiadomości klubu", "Wiadomości o naszej pracy, mniej więcej raz w miesiącu."),
}
_REMINDERS: Final = {
    "en": ("Reminders", "A reminder two days before each meeting."),
    "de": ("Erinnerungen", "Eine Erinnerung zwei Tage vor jedem Treffen."),
    "fr": ("Rappels", "Un rappel deux jours avant chaque rencontre."),
    "es": ("Recordatorios", "Un recordatorio dos días antes de cada reunión."),
    "it": ("Promemoria", "Un promemoria due giorni prima di ogni incontro."),
    "pl": ("Przypomnienia", "Przypomnienie dwa dni przed każdym spotkaniem."),
}


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo listens, on loopback."""

    bot: int
    page: int
    metrics: int


@dataclass(frozen=True, slots=True)
class Sample:
    """An app, its two Pages and their secrets, made up anew at each start."""

    folder: Path
    ports: Ports
    app_id: str
    app_secret: str
    verify_token: str
    pages: tuple[SimulatedPage, ...]

    @property
    def webhook_url(self) -> str:
        """Return where the Messenger of this machine posts its events."""
        return f"http://127.0.0.1:{self.ports.bot}/webhook"

    def settings(self, graph_url: str) -> Settings:
        """Return the bot's settings, which keep everything below `folder`."""
        return parse_settings(self._raw(graph_url))

    def _raw(self, graph_url: str) -> dict[str, Any]:
        keys = self.folder / "keys"
        return {
            "environment": "development",
            "server": {
                "port": self.ports.bot,
                "public_url": f"http://127.0.0.1:{self.ports.bot}",
            },
            "messenger": {
                "app_id": self.app_id,
                "app_secret": self.app_secret,
                "verify_token": self.verify_token,
                "graph_url": graph_url,
            },
            "pages": [
                {"id": page.id, "name": page.name, "access_token": page.access_token}
                for page in self.pages
            ],
            "controller": {"name": "Garden and Book Club", "email": "club@example.org"},
            "languages": {"default": "en", "offered": list(LANGUAGES)},
            "purposes": [
                {"id": "news", "class": "marketing", **_in_languages(_NEWS)},
                {"id": "reminders", "class": "service", **_in_languages(_REMINDERS)},
            ],
            "age": {"minimum": 16},
            # Names of its own, so that nobody's real deployment is ever mixed with the demo.
            "storage": {
                "url": f"sqlite+aiosqlite:///{self.folder / 'data' / 'demo.db'}",
                "tombstones": str(keys / "demo.tombstones"),
                "checkpoints": str(keys / "demo.checkpoints"),
            },
            "keys": {
                "url": f"sqlite+aiosqlite:///{keys / 'demo.db'}",
                "file": str(keys / "demo.secret"),
            },
            "metrics": {"port": self.ports.metrics},
        }


def make_sample(folder: Path, ports: Ports) -> Sample:
    """Make up an app with two Pages; nothing outside this process knows its secrets."""
    pages = (("555000111", "Garden Club"), ("555000222", "Book Club"))
    return Sample(
        folder=folder,
        ports=ports,
        app_id="424242",
        app_secret=secrets.token_hex(16),
        verify_token=secrets.token_urlsafe(24),
        pages=tuple(
            SimulatedPage(id=number, name=name, access_token=secrets.token_urlsafe(48))
            for number, name in pages
        ),
    )


def _in_languages(texts: dict[str, tuple[str, str]]) -> dict[str, dict[str, str]]:
    return {code: {"title": title, "text": text} for code, (title, text) in texts.items()}
