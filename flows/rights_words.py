"""The words for a person's rights, as people spell them; part of `flows.words.TABLE`."""

from __future__ import annotations

from typing import Final

MY_DATA: Final = "my_data"
EXPORT: Final = "export"
BRING_BACK: Final = "bring_back"
CORRECT: Final = "correct"
RESTRICT: Final = "restrict"
RESUME: Final = "resume"
WITHDRAW: Final = "withdraw"
OBJECT: Final = "object"
COMPLAIN: Final = "complain"
DELETE_ME: Final = "delete_me"
CASES: Final = "cases"
HUMAN: Final = "human"
#: Leads to all of them.
YOUR_RIGHTS: Final = "your_rights"

#: Answered even while a human holds the thread, and whatever was stopped or restricted.
RIGHTS: Final = (
    *(MY_DATA, EXPORT, BRING_BACK, CORRECT, RESTRICT, RESUME, WITHDRAW, OBJECT, COMPLAIN),
    *(DELETE_ME, CASES, HUMAN, YOUR_RIGHTS),
)

SPELLINGS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
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
    BRING_BACK: {
        "en": ("bring back", "bring it back", "bring my data back", "restore", "restore my data"),
        "de": (
            *("zurückbringen", "Daten zurückbringen", "meine Daten zurückbringen"),
            *("wiederherstellen", "Daten wiederherstellen"),
        ),
        "fr": ("rapporter", "rapporter mes données", "restaurer", "restaurer mes données"),
        "es": ("recuperar", "recuperar mis datos", "restaurar", "restaurar mis datos"),
        "it": ("ripristina", "ripristina i miei dati", "riporta i miei dati", "ripristinare"),
        "pl": ("przywróć", "przywróć dane", "przywróć moje dane"),
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
        "en": ("resume", "lift the restriction", "unrestrict"),
        "de": ("fortsetzen", "Einschränkung aufheben"),
        "fr": ("reprendre", "lever la limitation"),
        "es": ("reanudar", "quitar la limitación", "levantar la limitación"),
        "it": ("riprendi", "riprendere", "togli la limitazione"),
        "pl": ("wznów", "znieś ograniczenie"),
    },
    WITHDRAW: {
        "en": ("withdraw", "withdraw consent", "withdraw my consent", "revoke", "revoke consent"),
        "de": ("widerrufen", "Widerruf", "Einwilligung widerrufen", "ich widerrufe"),
        "fr": ("retirer", "retirer mon consentement", "révoquer", "je retire mon consentement"),
        "es": ("retirar", "retirar consentimiento", "retirar mi consentimiento", "revocar"),
        "it": ("revoca", "revocare", "revoca consenso", "ritira il consenso"),
        "pl": ("wycofaj", "wycofaj zgodę", "wycofuję zgodę", "cofnij zgodę"),
    },
    OBJECT: {
        "en": ("object", "objection", "I object"),
        "de": ("widersprechen", "Widerspruch", "ich widerspreche"),
        "fr": ("opposition", "s'opposer", "m'opposer", "je m'oppose"),
        "es": ("oponerme", "oposición", "me opongo"),
        "it": ("opposizione", "mi oppongo", "opporsi"),
        "pl": ("sprzeciw", "sprzeciwiam się", "wnoszę sprzeciw"),
    },
    COMPLAIN: {
        "en": ("complain", "complaint", "file a complaint"),
        "de": ("Beschwerde", "beschweren", "ich beschwere mich"),
        "fr": ("réclamation", "plainte", "porter plainte", "me plaindre"),
        "es": ("reclamar", "reclamación", "queja", "quejarme"),
        "it": ("reclamo", "reclamare", "lamentela"),
        "pl": ("skarga", "złożyć skargę", "chcę złożyć skargę"),
    },
    DELETE_ME: {
        "en": (
            *("delete me", "delete my data", "delete", "forget me", "erase me"),
            *("please delete my data", "I want to delete my data"),
        ),
        "de": (
            *("löschen", "lösche mich", "meine Daten löschen", "alles löschen"),
            *("löschen Sie meine Daten", "bitte löschen Sie meine Daten"),
        ),
        "fr": (
            *("supprimer", "supprimez-moi", "supprimer mes données", "tout supprimer"),
            *("oubliez-moi", "supprimez mes données", "je veux supprimer mes données"),
        ),
        "es": (
            *("borrar", "bórrame", "borrar mis datos", "borrar todo", "eliminar mis datos"),
            *("borren mis datos", "quiero borrar mis datos"),
        ),
        "it": (
            *("elimina", "cancellami", "cancella i miei dati", "elimina i miei dati"),
            *("elimina tutto", "cancellate i miei dati", "voglio cancellare i miei dati"),
        ),
        "pl": (
            *("usuń", "usuń mnie", "usuń moje dane", "usuń wszystko", "zapomnij mnie"),
            *("proszę usunąć moje dane", "chcę usunąć moje dane"),
        ),
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
        "en": (
            *("human", "agent", "talk to a human", "speak to a human", "real person"),
            "I want to talk to a human",
        ),
        "de": (
            *("Mensch", "Mitarbeiter", "mit einem Menschen sprechen"),
            "ich möchte mit einem Menschen sprechen",
        ),
        "fr": ("humain", "conseiller", "parler à un humain", "je veux parler à un humain"),
        "es": ("humano", "agente", "hablar con una persona", "quiero hablar con una persona"),
        "it": (
            *("umano", "operatore", "parlare con una persona"),
            "vorrei parlare con una persona",
        ),
        "pl": (
            *("człowiek", "konsultant", "rozmowa z człowiekiem"),
            *("rozmawiać z człowiekiem", "chcę rozmawiać z człowiekiem"),
        ),
    },
    YOUR_RIGHTS: {
        "en": ("my rights", "rights", "your rights"),
        "de": ("meine Rechte", "Rechte"),
        "fr": ("mes droits", "droits"),
        "es": ("mis derechos", "derechos"),
        "it": ("i miei diritti", "diritti"),
        "pl": ("moje prawa", "prawa"),
    },
}
