"""Two Pages of a made-up club: what the demo, the chat and the lone simulator know."""

import secrets
from collections.abc import Mapping
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

#: Words, text and question of each answer.
_MEETING: Final = {
    "en": (
        ("next meeting", "meeting", "when do you meet"),
        "We meet on the first Tuesday of each month at 19:00, in the library.",
        "When is the next meeting?",
    ),
    "de": (
        ("nächstes Treffen", "nächste Treffen", "Treffen", "wann trefft ihr euch"),
        "Wir treffen uns am ersten Dienstag im Monat um 19 Uhr in der Bibliothek.",
        "Wann ist das nächste Treffen?",
    ),
    "fr": (
        ("prochaine rencontre", "rencontre", "réunion"),
        "Nous nous retrouvons le premier mardi du mois à 19 h, à la bibliothèque.",
        "Quand est la prochaine rencontre ?",
    ),
    "es": (
        ("próxima reunión", "reunión", "cuándo se reúnen"),
        "Nos reunimos el primer martes de cada mes a las 19:00, en la biblioteca.",
        "¿Cuándo es la próxima reunión?",
    ),
    "it": (
        ("prossimo incontro", "incontro", "quando vi incontrate"),
        "Ci incontriamo il primo martedì del mese alle 19, in biblioteca.",
        "Quando è il prossimo incontro?",
    ),
    "pl": (
        ("następne spotkanie", "spotkanie", "kiedy się spotykacie"),
        "Spotykamy się w pierwszy wtorek miesiąca o 19:00 w bibliotece.",
        "Kiedy jest następne spotkanie?",
    ),
}
_COST: Final = {
    "en": (("cost", "price", "membership fee"), "Taking part costs nothing.", ""),
    "de": (("kostet", "Kosten", "Mitgliedsbeitrag"), "Die Teilnahme kostet nichts.", ""),
    "fr": (("coûte", "prix", "cotisation"), "La participation ne coûte rien.", ""),
    "es": (("cuesta", "precio", "cuota"), "Participar no cuesta nada.", ""),
    "it": (("costa", "prezzo", "quota"), "Partecipare non costa nulla.", ""),
    "pl": (("kosztuje", "cena", "składka"), "Udział nic nie kosztuje.", ""),
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
            "answers": [_answer(_MEETING), _answer(_COST)],
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


def _answer(texts: Mapping[str, tuple[tuple[str, ...], str, str]]) -> dict[str, dict[str, Any]]:
    return {
        code: {"words": list(words), "text": text, "question": question}
        for code, (words, text, question) in texts.items()
    }
