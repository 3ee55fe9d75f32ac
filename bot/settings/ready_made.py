"""Purposes to begin with, in every language: what `chatmagico init` offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A purpose as it is written into a new configuration."""

    klass: str
    #: Title and text by language.
    texts: Mapping[str, tuple[str, str]]


READY_MADE: Final[Mapping[str, ReadyMade]] = {
    "news": ReadyMade(
        "marketing",
        {
            "en": ("News", "We send you news of our work, about once a month."),
            "de": ("Neuigkeiten", "Wir senden Ihnen etwa einmal im Monat Neues von uns."),
            "fr": ("Nouvelles", "Nous vous envoyons de nos nouvelles, environ une fois par mois."),
            "es": ("Noticias", "Le enviamos noticias nuestras, más o menos una vez al mes."),
            "it": ("Notizie", "Le inviamo nostre notizie, circa una volta al mese."),
            "pl": ("Wiadomości", "Wysyłamy Państwu nasze wiadomości, mniej więcej raz w miesiącu."),
        },
    ),
    "events": ReadyMade(
        "marketing",
        {
            "en": ("Events", "We tell you of our events, at most twice a month."),
            "de": ("Termine", "Wir weisen Sie höchstens zweimal im Monat auf Termine hin."),
            "fr": ("Événements", "Nous vous annonçons nos événements, deux fois par mois au plus."),
            "es": ("Actos", "Le avisamos de nuestros actos, como mucho dos veces al mes."),
            "it": ("Eventi", "Le annunciamo i nostri eventi, al massimo due volte al mese."),
            "pl": ("Wydarzenia", "Informujemy o wydarzeniach, najwyżej dwa razy w miesiącu."),
        },
    ),
    "reminders": ReadyMade(
        "service",
        {
            "en": ("Reminders", "We remind you two days before each meeting."),
            "de": ("Erinnerungen", "Wir erinnern Sie zwei Tage vor jedem Treffen."),
            "fr": ("Rappels", "Nous vous rappelons chaque rencontre deux jours avant."),
            "es": ("Recordatorios", "Le recordamos cada reunión dos días antes."),
            "it": ("Promemoria", "Le ricordiamo ogni incontro due giorni prima."),
            "pl": ("Przypomnienia", "Przypominamy o każdym spotkaniu dwa dni wcześniej."),
        },
    ),
}
