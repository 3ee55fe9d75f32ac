"""Nothing promises what nobody can keep: a search for such claims, in all six languages."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent

_LAW = r"(gdpr|dsgvo|rgpd|rodo|datenschutz)"
_WHOLLY = (
    r"(100 ?%|absolut\w*|complete\w*|total\w*|perfect\w*|fully|entirely|völlig|vollkommen|"
    r"vollständig|hundertprozentig|entièrement|complètement|parfaitement|completament\w*|"
    r"perfettamente|assolutamente|w pełni|całkowicie|absolutnie|stuprocentow\w*)"
)
_SECURE = (
    r"(secure|safe|private|sicher\w*|geschützt|sûr\w*|sécuris\w*|segur\w*|sicur\w*|bezpieczn\w*)"
)

#: What is claimed, and how that looks in English, German, French, Spanish, Italian and Polish.
CLAIMS = {
    "that the law is kept": (
        rf"{_LAW}[ -]*(compliant|compliance|ready|proof|konform\w*|certified|sicher)",
        rf"(compl(y|ies|iant)|in compliance) with (the )?{_LAW}",
        rf"conform\w* (au|à la|al|a la|alla|with the) {_LAW}",
        rf"(cumpl\w+|respett\w+|respect\w*) (con )?(el|la|le|il|l')? ?{_LAW}",
        rf"(zgodn\w+|zgodność) z {_LAW}",
        r"rechtssicher\w*|legally (safe|watertight)|fully compliant",
    ),
    "perfect security": (
        rf"{_WHOLLY} {_SECURE}",
        r"unhackable|unbreakable|hack[- ]?proof|bullet[- ]?proof|tamper[- ]proof|fool[- ]?proof",
        r"unknackbar\w*|inviolab\w*|inattaquable|infalsifiable|nie do złamania|nie do zhakowania",
        r"(military|bank|nsa|defen[cs]e)[- ]grade|militärische\w* (sicherheit|verschlüsselung)",
        r"(niveau|grado|livello) (militaire|militar|militare)|klasy wojskowej",
        r"zero[- ]risk|risk[- ]free|guaranteed (security|privacy)|cannot be hacked",
    ),
    "anonymity": (r"\w*anonym\w*|an[oó]nim\w*|untraceable|nicht rückverfolgbar",),
    "impossibility": (r"impossib\w*|unmöglich\w*|imposib\w*|niemożliw\w*",),
    "encryption between the ends": (
        r"end[- ]to[- ]end[- ]encrypt\w*|ende[- ]zu[- ]ende[- ]verschlüssel\w*",
        r"chiffr\w+ de bout en bout|cifrad\w+ de extremo a extremo|crittografia end[- ]to[- ]end",
        r"szyfrowan\w+ od końca do końca",
    ),
    "a seal that nobody gave": (
        r"iso[ -]?27001|soc ?2\b|certified (secure|by)|tüv[- ]geprüft|zertifiziert\w*",
    ),
}
SEARCHES = {
    claim: re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE)
    for claim, patterns in CLAIMS.items()
}

#: Honest uses, word for word, each with the reason; nothing else is let through.
HONEST: dict[str, str] = {
    "not anonymous": "says what sealing is not",
    "nicht anonym": "the same, in German",
    "pas anonyme": "the same, in French",
    "no es anónimo": "the same, in Spanish",
    "non è anonimo": "the same, in Italian",
    "nie jest anonimow": "the same, in Polish",
    "not end-to-end encrypted": "says what Messenger's bots are not",
}


def documents() -> dict[str, str]:
    """Read what operators and visitors of the repository read, and the pages' templates."""
    paths = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        ROOT / "config.example.toml",
        ROOT / "pyproject.toml",
        *ROOT.glob("bot/**/*.html"),
        *ROOT.glob("bot/**/static/*.js"),
    ]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}


def catalogues() -> dict[str, str]:
    """Read what the bot and its pages say to people: English, and every translation."""
    said: dict[str, str] = {}
    for path in sorted(ROOT.glob("*/**/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file)
        texts = [
            _all(message.id) + " " + _all(message.string) for message in catalogue if message.id
        ]
        said[path.relative_to(ROOT).as_posix()] = "\n".join(texts)
    return said


def _all(text: object) -> str:
    return text if isinstance(text, str) else " ".join(map(str, text or ()))  # type: ignore[call-overload] # forms


def claims_in(text: str) -> list[str]:
    """List the claims in a text, each as it stands there, the honest uses left out."""
    flat = " ".join(text.split())
    for honest in HONEST:
        flat = re.sub(re.escape(honest), " ", flat, flags=re.IGNORECASE)
    return [
        f"{claim}: …{flat[max(0, found.start() - 40) : found.end() + 40]}…"
        for claim, search in SEARCHES.items()
        for found in search.finditer(flat)
    ]


def test_there_is_something_to_search() -> None:
    """The search looks at the README, the configuration, and five languages of bot and pages."""
    assert {"README.md", "config.example.toml"} <= documents().keys()
    languages = {name.split("/")[-3] for name in catalogues()}
    assert languages == {"de", "es", "fr", "it", "pl"}


def test_no_document_claims_what_nobody_can_keep() -> None:
    """What operators read promises no law kept, no perfect security, no anonymity."""
    found = {name: claims for name, text in documents().items() if (claims := claims_in(text))}
    assert found == {}


def test_no_text_for_people_claims_what_nobody_can_keep() -> None:
    """What people read, in any language, promises no more than is done."""
    found = {name: claims for name, text in catalogues().items() if (claims := claims_in(text))}
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "This bot is GDPR compliant.",
        "GDPR-compliant",
        "complies with the\n  GDPR",
        "Unser Bot ist DSGVO-konform.",
        "Ce robot est conforme au RGPD.",
        "Cumple con el RGPD.",
        "È conforme al GDPR.",
        "Bot jest zgodny z RODO.",
        "Your data is 100% secure.",
        "100 % sicher",
        "Vos données sont totalement sécurisées.",
        "Sus datos están completamente seguros.",
        "I dati sono completamente sicuri.",
        "Dane są całkowicie bezpieczne.",
        "military-grade encryption",
        "unhackable",
        "Your answers are anonymous.",
        "Die Daten werden anonymisiert.",
        "des données anonymes",
        "datos anónimos",
        "dati anonimi",
        "dane anonimowe",
        "It is impossible to read them.",
        "unmöglich",
        "imposible",
        "impossibile",
        "niemożliwe",
        "end-to-end encrypted",
        "Ende-zu-Ende-verschlüsselt",
    ],
)
def test_the_search_sees_a_claim(text: str) -> None:
    """The search finds what it is there for, in every language and over line ends."""
    assert claims_in(text)


@pytest.mark.parametrize("honest", HONEST)
def test_an_honest_use_is_let_through(honest: str) -> None:
    """A phrase on the list is let through, and the same word beside it is not."""
    assert claims_in(f"It is {honest}.") == []
    assert claims_in(f"It is {honest}, and anonymous.")
