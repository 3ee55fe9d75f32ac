"""The record of processing activities (Art. 30 GDPR), as Markdown.

Everything in it comes from the data map and the configuration, so that it cannot forget a table, a
purpose or a recipient. What neither of them knows stands at the end, for the controller to add.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from bot.pages.facts import EEA
from bot.pages.kept import entries, group_of
from bot.settings import Settings
from bot.settings.sections import Purpose, Recipient
from storage.data_map import Basis, Entry, Form

_MISSING: Final = "*not configured: see [controller]*"
_HEAD: Final = ("what", "purpose", "basis", "kept", "stored", "goes")
_META: Final = (
    "Meta Platforms Ireland Limited",
    (
        "carries every message, and keeps it under its own rules, as a controller of its own "
        "(for legal review)"
    ),
    "IE; Meta also works outside the EEA",
    "all",
)
_STORED: Final = {
    Form.SEALED: "encrypted",
    Form.KEYED_HASH: "keyed hash, which is still personal data",
    Form.RANDOM_ID: "random id",
    Form.CLEAR: "readable",
}
_MADE: Final = (
    "Made on {day} from the data map and the configuration of this bot (Art. 30(1) GDPR). Make it "
    "anew whenever one of them changes. It covers this program only."
)
_ALWAYS_SO: Final = (
    "authenticated encryption of what the tables above call encrypted",
    "one random key per person, destroyed with the person",
    "whoever takes the whole machine with its secrets can read the data",
    "webhooks are taken with a valid signature only",
    "no access log, no IP address, no cookie; logs are made of listed fields that name nobody",
    "erasure step by step, remembered outside the databases so that no backup brings anybody back",
    "consents and erasures are lines in a ledger that shows later changes",
    "a look of the team through this program is on record, and the person is told",
)
_TO_ADD: Final = (
    "a representative, a joint controller, if there is one",
    "the contracts with processors (Art. 28), and their own recipients",
    "what allows each transfer outside the EEA, with its document (Art. 46, 49)",
    "who of your team reads the Page's inbox: Messenger shows it every message",
    "backups: how often, where, how long",
    "measures around the program: access to the machine, its disk, its updates",
    "whether an impact assessment (Art. 35) is needed, and where it is",
)


def activities(settings: Settings, *, made_on: date) -> str:
    """Return the record as it is on a day."""
    parts = (
        ["# Record of processing activities"],
        [_MADE.format(day=made_on)],
        _controller(settings),
        _purposes(settings),
        _people(settings),
        _data(),
        _recipients(settings),
        _periods(settings),
        _measures(settings),
        ["## For the controller to add", _list(_TO_ADD)],
    )
    return "\n\n".join(text for part in parts for text in part) + "\n"


def _controller(settings: Settings) -> list[str]:
    own = settings.controller
    rows = (
        ("name", own.name or _MISSING),
        ("address", own.address or _MISSING),
        ("e-mail", own.email or _MISSING),
        ("data protection officer", own.dpo or "none configured"),
        ("supervisory authority", own.authority or "none configured"),
        ("Pages", ", ".join(page.name for page in settings.pages)),
    )
    return ["## Controller", _table(("", ""), rows)]


def _purposes(settings: Settings) -> list[str]:
    default = settings.languages.default
    rows = [
        (
            one.id,
            one.in_languages(settings.languages)[default].title,
            one.in_languages(settings.languages)[default].text,
            one.klass,
            ", ".join(one.needs) or "nothing",
        )
        for one in settings.purposes
    ]
    return [
        "## Purposes",
        f"People are asked to agree to each of these on its own (basis: {Basis.CONSENT}).",
        _table(("id", "title", "text", "class", "needs besides"), rows),
        "And what serving people takes, whatever they agreed to:",
        _list(_ends()),
    ]


def _ends() -> list[str]:
    """Return each purpose in the data map with its basis, once."""
    about = [entry for _, entry in entries() if entry.basis is not Basis.NONE]
    return list(dict.fromkeys(f"{entry.purpose} ({entry.basis})" for entry in about))


def _people(settings: Settings) -> list[str]:
    age = settings.age.minimum
    asked = f"They are asked whether they are at least {age}." if age else "Nobody is asked an age."
    return [
        "## Categories of people",
        _list([f"whoever writes to one of the Pages in Messenger. {asked}"]),
    ]


def _data() -> list[str]:
    """Return every table about people, in the groups of the notice."""
    tables: dict[str, list[Entry]] = {}
    for table, entry in entries():
        if entry.basis is not Basis.NONE:
            tables.setdefault(table, []).append(entry)
    texts = ["## Categories of personal data", "In the words of the notice: “you” is the person."]
    for table, held in tables.items():
        rows = [
            (entry.holds, entry.purpose, entry.basis, entry.kept, _stored(entry), entry.erased)
            for entry in held
        ]
        title = group_of(table, held[0]).title
        texts += [f"### {title}: `{table}`", _table(_HEAD, rows)]
    return texts


def _stored(entry: Entry) -> str:
    why = f" ({entry.why_clear})" if entry.why_clear else ""
    return _STORED[entry.form] + why


def _recipients(settings: Settings) -> list[str]:
    titles = {one.id: _title(settings, one) for one in settings.purposes}
    rows = [_META, *(_recipient(one, titles) for one in settings.recipients)]
    outside = [
        f"{one.name}, {one.country}" for one in settings.recipients if one.country not in EEA
    ]
    return [
        "## Recipients",
        _table(("name", "what it does", "country", "purposes"), rows),
        "## Transfers outside the European Economic Area",
        _list(["Meta: on the grounds that its own privacy policy names", *outside]),
    ]


def _title(settings: Settings, purpose: Purpose) -> str:
    return purpose.in_languages(settings.languages)[settings.languages.default].title


def _recipient(one: Recipient, titles: dict[str, str]) -> tuple[str, str, str, str]:
    purposes = ", ".join(titles.get(purpose, purpose) for purpose in one.purposes)
    return one.name, one.role, one.country, purposes or "all"


def _periods(settings: Settings) -> list[str]:
    keep = settings.retention
    rows = (
        ("agreed to nothing", f"{keep.stranger_hours} hours after the last message"),
        ("took back every yes", f"{keep.withdrawn_days} days after that"),
        ("writes no more", f"{keep.inactive_months} months of 30 days after the last message"),
        ("asks for it (DELETE ME)", "at once"),
        ("what was sent to whom", f"{keep.deliveries_days} days"),
        (
            "proof of consents, after an erasure",
            f"{keep.consent_evidence_days} days (0: none stays)",
        ),
        ("links to an export", f"{keep.export_hours} hours, and a day to say that they are over"),
    )
    return ["## Erasure", _table(("who or what", "when"), rows), _dark(settings)]


def _dark(settings: Settings) -> str:
    days = settings.keys.dark_after_days
    if days is None:
        return (
            "How long a backup can still show an erased person depends on how long you keep "
            "backups: no rotation of keys is configured."
        )
    return f"At most {days} days after an erasure no backup opens any more for that person."


def _measures(settings: Settings) -> list[str]:
    keys = settings.keys
    rotation = f"every {keys.rotate_days} days" if keys.rotate_days else "by command"
    transport = "HTTPS only" if settings.is_production else "development: clear HTTP is allowed"
    return [
        "## Security measures (Art. 32)",
        _list(
            (
                f"keys in a database of their own, wrapped by secrets from: {keys.provider}",
                f"rotation of those secrets: {rotation}",
                f"transport: {transport}",
                *_ALWAYS_SO,
            )
        ),
    ]


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_inline(line)}" for line in lines)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, tuple("---" for _ in head), *(tuple(map(_inline, row)) for row in rows))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _inline(text: str) -> str:
    """Let a configured text stay within its cell."""
    return " ".join(text.split()).replace("|", "\\|")
