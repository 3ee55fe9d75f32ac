"""The words that work everywhere, as people spell them; docs/words.md is generated from here.

Capitals, accents, punctuation and emoji do not matter: see `flows.kit.words.normalise`.
The first spelling of each language is the one shown to people.
"""

from __future__ import annotations

from typing import Final

from flows.kit.words import Lexicon, Within, spellings_of

STOP: Final = "stop"
START: Final = "start"
HELP: Final = "help"
MENU: Final = "menu"
LANGUAGE: Final = "language"
MY_DATA: Final = "my_data"
EXPORT: Final = "export"
CORRECT: Final = "correct"
RESTRICT: Final = "restrict"
RESUME: Final = "resume"
DELETE_ME: Final = "delete_me"
CASES: Final = "cases"
HUMAN: Final = "human"
BACK: Final = "back"
CANCEL: Final = "cancel"
REPEAT: Final = "repeat"
NEWS: Final = "news"
HELLO: Final = "hello"

#: Words about the rights of a person: answered even while a human holds the thread.
RIGHTS: Final = (MY_DATA, EXPORT, CORRECT, RESTRICT, RESUME, DELETE_ME, CASES, HUMAN)
#: Looked at before any flow; NEWS and HELLO only where the place has no use for them.
EVERYWHERE: Final = (STOP, START, HELP, MENU, LANGUAGE, *RIGHTS, BACK, CANCEL, REPEAT)

TABLE: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    STOP: {
        "en": (
            *("stop", "unsubscribe", "unsubscribe me", "stop all", "stopall", "stop it", "end"),
            *("opt out", "optout", "quit", "no more messages", "leave me alone"),
        ),
        "de": (
            *("stop", "stopp", "abmelden", "abbestellen", "abmeldung", "austragen", "kündigen"),
            *("aufhören", "hör auf", "hören Sie auf", "keine Nachrichten mehr", "Schluss", "Ende"),
        ),
        "fr": (
            *("stop", "arrêt", "arrêter", "arrête", "arrêtez", "désabonner", "me désabonner"),
            *("désabonnez-moi", "désabonnement", "désinscrire", "me désinscrire", "désinscription"),
            *("résilier", "plus de messages", "fin"),
        ),
        "es": (
            *("stop", "baja", "darme de baja", "dar de baja", "de baja", "parar", "para", "pare"),
            *("alto", "basta", "detener", "cancelar suscripción", "anular suscripción"),
            *("no más mensajes", "fin"),
        ),
        "it": (
            *("stop", "basta", "ferma", "fermati", "cancella iscrizione", "annulla iscrizione"),
            *("disiscrivi", "disiscrivimi", "disiscrizione", "disdici", "disdire", "fine"),
            *("niente più messaggi",),
        ),
        "pl": (
            *("stop", "rezygnuję", "rezygnacja", "wypisz", "wypisz mnie", "wypisuję się"),
            *("koniec", "przestań", "dość", "zatrzymaj", "anuluj subskrypcję"),
            *("nie chcę więcej wiadomości",),
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
    MY_DATA: {
        "en": ("my data", "mydata", "show my data", "privacy"),
        "de": ("meine Daten", "Auskunft", "Datenschutz"),
        "fr": ("mes données", "confidentialité"),
        "es": ("mis datos", "privacidad"),
        "it": ("i miei dati", "miei dati", "privacy"),
        "pl": ("moje dane", "prywatność"),
    },
    EXPORT: {
        "en": ("export", "export my data", "download my data"),
        "de": ("Export", "exportieren", "Daten exportieren"),
        "fr": ("exporter", "export", "exporter mes données"),
        "es": ("exportar", "exportar mis datos"),
        "it": ("esporta", "esporta i miei dati"),
        "pl": ("eksport", "eksportuj", "eksportuj moje dane"),
    },
    CORRECT: {
        "en": ("correct", "correct my data"),
        "de": ("berichtigen", "korrigieren"),
        "fr": ("corriger", "rectifier"),
        "es": ("corregir", "rectificar"),
        "it": ("correggi", "rettifica"),
        "pl": ("popraw", "sprostuj"),
    },
    RESTRICT: {
        "en": ("restrict", "restrict my data"),
        "de": ("einschränken", "Daten einschränken"),
        "fr": ("limiter", "limiter mes données"),
        "es": ("limitar", "limitar mis datos"),
        "it": ("limita", "limita i miei dati"),
        "pl": ("ogranicz", "ogranicz moje dane"),
    },
    RESUME: {
        "en": ("resume",),
        "de": ("fortsetzen",),
        "fr": ("reprendre",),
        "es": ("reanudar",),
        "it": ("riprendi",),
        "pl": ("wznów",),
    },
    DELETE_ME: {
        "en": ("delete me", "delete my data", "delete", "forget me", "erase me"),
        "de": ("löschen", "lösche mich", "meine Daten löschen", "alles löschen"),
        "fr": ("supprimer", "supprimez-moi", "supprimer mes données", "oubliez-moi"),
        "es": ("borrar", "bórrame", "borrar mis datos", "eliminar mis datos"),
        "it": ("cancellami", "cancella i miei dati", "elimina i miei dati"),
        "pl": ("usuń mnie", "usuń", "usuń moje dane", "zapomnij mnie"),
    },
    CASES: {
        "en": ("cases", "my cases", "my requests"),
        "de": ("Anfragen", "meine Anfragen"),
        "fr": ("demandes", "mes demandes"),
        "es": ("solicitudes", "mis solicitudes"),
        "it": ("richieste", "le mie richieste"),
        "pl": ("sprawy", "moje sprawy"),
    },
    HUMAN: {
        "en": ("human", "agent", "talk to a human", "real person"),
        "de": ("Mensch", "Mitarbeiter", "mit einem Menschen sprechen"),
        "fr": ("humain", "conseiller", "parler à un humain"),
        "es": ("humano", "agente", "hablar con una persona"),
        "it": ("umano", "operatore", "parlare con una persona"),
        "pl": ("człowiek", "konsultant", "rozmowa z człowiekiem"),
    },
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
        "en": ("hello", "hi", "hey", "hello there", "good morning", "good evening"),
        "de": (
            *("hallo", "guten Tag", "guten Morgen", "guten Abend", "moin", "servus", "grüß Gott"),
            *("hi", "hey"),
        ),
        "fr": ("bonjour", "salut", "bonsoir", "coucou", "hey"),
        "es": ("hola", "buenos días", "buenas tardes", "buenas noches", "buenas"),
        "it": ("ciao", "buongiorno", "buonasera", "salve"),
        "pl": ("cześć", "dzień dobry", "dobry wieczór", "hej", "witam", "siema", "hi"),
    },
}

#: Everyday words of another language: they count in the person's own language only.
#: fine (en: good), para (pl: couple), alto and alta (it: tall), end and fin (names, prices),
#: limita and limiter (devices), ancora (es: anchor), pare and ferma (fr, de: names).
ONLY_OWN: Final = frozenset(
    {"fine", "para", "alto", "alta", "end", "fin", "limita", "limiter", "ancora", "pare", "ferma"}
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
