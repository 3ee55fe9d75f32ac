"""The words that work everywhere, as people spell them; docs/words.md is generated from here.

Capitals, accents, punctuation and emoji do not matter: see `flows.kit.words.normalise`.
The first spelling of each language is the one shown to people.
"""

from __future__ import annotations

from typing import Final

from flows.kit.words import Lexicon, Within, spellings_of
from flows.rights_words import RIGHTS, SPELLINGS

STOP: Final = "stop"
START: Final = "start"
HELP: Final = "help"
MENU: Final = "menu"
LANGUAGE: Final = "language"
BACK: Final = "back"
CANCEL: Final = "cancel"
REPEAT: Final = "repeat"
NEWS: Final = "news"
HELLO: Final = "hello"
THANKS: Final = "thanks"
KEEP: Final = "keep"

#: Looked at before any flow; NEWS, HELLO and THANKS only where the place has no use for them.
EVERYWHERE: Final = (STOP, START, HELP, MENU, LANGUAGE, *RIGHTS, BACK, CANCEL, REPEAT)

TABLE: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    STOP: {
        "en": (
            *("stop", "unsubscribe", "unsubscribe me", "stop all", "stopall", "stop it", "end"),
            *("opt out", "optout", "quit", "no more messages", "leave me alone"),
            *("don't write to me", "don't message me", "don't contact me"),
        ),
        "de": (
            *("stop", "stopp", "abmelden", "abbestellen", "abmeldung", "austragen", "kündigen"),
            *("aufhören", "hör auf", "hören Sie auf", "keine Nachrichten mehr", "Schluss", "Ende"),
            *("schreiben Sie mir nicht mehr", "schreibt mir nicht mehr"),
        ),
        "fr": (
            *("stop", "arrêt", "arrêter", "arrête", "arrêtez", "désabonner", "me désabonner"),
            *("désabonnez-moi", "désabonnement", "désinscrire", "me désinscrire", "désinscription"),
            *("résilier", "plus de messages", "ne m'écrivez plus", "fin"),
        ),
        "es": (
            *("stop", "baja", "darme de baja", "dar de baja", "de baja", "parar", "para", "pare"),
            *("alto", "basta", "detener", "cancelar suscripción", "anular suscripción"),
            *("no más mensajes", "no me escriban más", "no me escribas más", "fin"),
        ),
        "it": (
            *("stop", "basta", "ferma", "fermati", "cancella iscrizione", "annulla iscrizione"),
            *("disiscrivi", "disiscrivimi", "disiscrizione", "disdici", "disdire", "fine"),
            *("niente più messaggi", "non scrivetemi più"),
        ),
        "pl": (
            *("stop", "rezygnuję", "rezygnacja", "wypisz", "wypisz mnie", "wypisuję się"),
            *("koniec", "przestań", "dość", "zatrzymaj", "anuluj subskrypcję"),
            *("przestańcie", "nie chcę więcej wiadomości", "nie piszcie do mnie"),
        ),
    },
    START: {
        "en": ("start", "subscribe", "unstop", "sign up"),
        "de": ("start", "anmelden", "abonnieren", "starten"),
        "fr": ("start", "commencer", "démarrer", "s'abonner", "m'abonner"),
        "es": ("start", "empezar", "comenzar", "suscribirme", "alta"),
        "it": ("start", "inizia", "iscrivimi", "iscriviti", "iscrizione"),
        "pl": ("start", "zacznij", "zapisz", "zapisz mnie", "subskrybuj"),
    },
    HELP: {
        "en": ("help", "info", "help me"),
        "de": ("Hilfe", "help", "info", "helfen"),
        "fr": ("aide", "help", "info", "aidez-moi"),
        "es": ("ayuda", "help", "info", "ayúdame"),
        "it": ("aiuto", "help", "info", "aiutami"),
        "pl": ("pomoc", "help", "info", "pomocy"),
    },
    MENU: {
        "en": ("menu", "main menu"),
        "de": ("Menü", "Hauptmenü"),
        "fr": ("menu", "menu principal"),
        "es": ("menú", "menú principal"),
        "it": ("menù", "menu principale"),
        "pl": ("menu", "menu główne"),
    },
    LANGUAGE: {
        "en": ("language", "languages", "change language"),
        "de": ("Sprache", "Sprachen", "Sprache ändern"),
        "fr": ("langue", "langues", "changer de langue"),
        "es": ("idioma", "idiomas", "cambiar idioma"),
        "it": ("lingua", "lingue", "cambia lingua"),
        "pl": ("język", "języki", "zmień język"),
    },
    **SPELLINGS,
    BACK: {
        "en": ("back", "go back"),
        "de": ("zurück",),
        "fr": ("retour",),
        "es": ("atrás", "volver"),
        "it": ("indietro",),
        "pl": ("wstecz", "wróć"),
    },
    CANCEL: {
        "en": ("cancel", "never mind"),
        "de": ("abbrechen", "Abbruch"),
        "fr": ("annuler",),
        "es": ("cancelar",),
        "it": ("annulla",),
        "pl": ("anuluj",),
    },
    REPEAT: {
        "en": ("repeat", "again", "go on", "continue"),
        "de": ("wiederholen", "nochmal", "noch einmal", "weiter"),
        "fr": ("répéter", "encore", "continuer"),
        "es": ("repetir", "otra vez", "continuar"),
        "it": ("ripeti", "ancora", "continua"),
        "pl": ("powtórz", "jeszcze raz", "dalej"),
    },
    NEWS: {
        "en": ("news", "newsletter"),
        "de": ("Neuigkeiten", "Nachrichten", "News", "Newsletter"),
        "fr": ("actualités", "nouvelles", "newsletter"),
        "es": ("novedades", "noticias", "boletín"),
        "it": ("novità", "notizie", "newsletter"),
        "pl": ("aktualności", "wiadomości", "nowości"),
    },
    HELLO: {
        "en": (
            *("hello", "hi", "hey", "hello there", "hi there", "hey there", "good morning"),
            *("good afternoon", "good evening"),
        ),
        "de": (
            *("hallo", "guten Tag", "guten Morgen", "guten Abend", "moin", "servus", "grüß Gott"),
            *("hallo zusammen", "hi", "hey"),
        ),
        "fr": ("bonjour", "salut", "bonsoir", "coucou", "slt", "bjr", "hey"),
        "es": ("hola", "buenos días", "buen día", "buenas tardes", "buenas noches", "buenas"),
        "it": ("ciao", "buongiorno", "buon giorno", "buonasera", "buona sera", "salve"),
        "pl": ("cześć", "dzień dobry", "dobry wieczór", "hej", "witam", "siema", "hi"),
    },
    THANKS: {
        "en": (
            *("thanks", "thank you", "thx", "thanks a lot", "many thanks", "thank you very much"),
            *("ok thanks", "ok thank you"),
        ),
        "de": ("danke", "danke schön", "dankeschön", "vielen Dank", "danke sehr", "ok danke"),
        "fr": ("merci", "merci beaucoup", "merci bien", "ok merci"),
        "es": ("gracias", "muchas gracias", "ok gracias", "mil gracias"),
        "it": ("grazie", "grazie mille", "tante grazie", "ok grazie"),
        "pl": ("dziękuję", "dzięki", "dziękuję bardzo", "bardzo dziękuję", "wielkie dzięki"),
    },
    KEEP: {
        "en": ("keep", "keep it", "keep all"),
        "de": ("behalten", "alles behalten"),
        "fr": ("garder", "tout garder"),
        "es": ("mantener", "mantener todo"),
        "it": ("mantieni", "mantieni tutto"),
        "pl": ("zachowaj", "zachowaj wszystko"),
    },
}

#: Everyday words of another language: they count in the person's own language only.
#: fine (en: good), para (pl: couple), alto and alta (it: tall), end and fin (names, prices),
#: limita and limiter (devices), ancora (es: anchor), pare and ferma (fr, de: names),
#: resume (a résumé, in any language), object (a thing).
ONLY_OWN: Final = frozenset(
    {"fine", "para", "alto", "alta", "end", "fin", "limita", "limiter", "ancora", "pare", "ferma"}
    | {"resume", "object"}
)

#: Stop words that are too common inside a sentence: they count only as the whole message.
WHOLE_ONLY: Final = frozenset(
    {"end", "ende", "quit", "fine", "fin", "para", "pare", "parar", "alto", "baja", "basta"}
    | {"ferma", "koniec", "schluss", "dosc", "zatrzymaj", "detener", "kuendigen", "kundigen"}
)

LEXICON: Final = Lexicon(TABLE, only_own=ONLY_OWN)

STOP_SPELLINGS: Final = frozenset(
    spelling for texts in TABLE[STOP].values() for text in texts for spelling in spellings_of(text)
)
STOP_WITHIN: Final = Within(
    frozenset(s for s in STOP_SPELLINGS if s not in WHOLE_ONLY and LEXICON.is_common(s))
)

#: What counts as yes and no beside the button's own title; only in the person's language,
#: for the Polish "no" is rather a yes.
YES: Final = {
    "en": ("yes", "y", "yes please", "yeah", "yep"),
    "de": ("ja", "j", "ja bitte", "jawohl"),
    "fr": ("oui", "o", "oui merci", "ouais"),
    "es": ("sí", "s", "sí por favor", "claro"),
    "it": ("sì", "s", "sì grazie", "certo"),
    "pl": ("tak", "t", "tak proszę"),
}
NO: Final = {
    "en": ("no", "n", "no thanks", "no thank you", "nope"),
    "de": ("nein", "n", "nein danke", "nö"),
    "fr": ("non", "n", "non merci"),
    "es": ("no", "n", "no gracias"),
    "it": ("no", "n", "no grazie"),
    "pl": ("nie", "n", "nie dziękuję"),
}


def as_shown(word: str, language: str) -> str:
    """Give the spelling of a word that people are shown, in capitals."""
    by_language = TABLE[word]
    return by_language.get(language, by_language["en"])[0].upper()
