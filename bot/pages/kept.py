"""Everything that is kept, in groups that people can read; made from the data map.

Whatever is added to the map appears in the notice. A table about people without a group here is an
error, so it can't be left out by mistake.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.errors import BotError
from bot.pages.texts import _
from storage.data_map import COLUMNS, FIELDS, Basis, Entry, Form

#: Stands for the fields inside the sealed `people.state`.
STATE: Final = "people.state"


class TableUngrouped(BotError):
    """The notice has no group for a table that is about people."""

    advice = "Add the table to a group in bot/pages/kept.py."


@dataclass(frozen=True, slots=True)
class Group:
    """Some tables that serve one end."""

    title: str
    about: str
    tables: tuple[str, ...]
    #: Whether its list is unfolded from the beginning.
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What is kept for one purpose, on one basis, for one time, by the form it is kept in."""

    purpose: str
    basis: Basis
    kept: str
    items: dict[Form, tuple[str, ...]]

    @property
    def count(self) -> int:
        """Return how many items there are."""
        return sum(map(len, self.items.values()))


GROUPS: Final = (
    Group(
        _("Who you are here"),
        _(
            "So that the bot knows whom to answer. Messenger gives us an id of you that is valid "
            "on one Page only. We never ask Messenger for your name, picture or profile."
        ),
        ("people",),
        is_open=True,
    ),
    Group(
        _("Where our conversation is"),
        _("So that the bot knows which question you are answering: notes, never your words."),
        (STATE, "timers"),
    ),
    Group(
        _("What you agreed to"),
        _("Every yes, every no and every STOP, and which words you were shown."),
        ("consents", "consent_status", "ledger_openings"),
    ),
    Group(
        _("What we told you about this notice"),
        _("When it changes you are told. So it is noted which version you know of."),
        ("policy_tellings",),
    ),
    Group(
        _("What you asked us for"),
        _("Each request has a number, and a date by which you hear from us."),
        ("cases", "erasures", "erasing", "accesses"),
    ),
    Group(
        _("What you gave us"),
        _("Only what a kind of news needs, and only what you chose to give."),
        ("details", "codes"),
    ),
    Group(
        _("What you were sent"),
        _(
            "Which broadcasts went out to you, and notices of a breach of security. Whether you "
            "opened or read them is never recorded."
        ),
        ("deliveries", "frequency", "breach_notices"),
    ),
    Group(
        _("Pages of your own"),
        _("Links that only you get, such as the one to your data as a file."),
        ("links",),
    ),
    Group(
        _("If you are an admin"),
        _(
            "Whoever gives commands to the bot proves it with codes of an app. What admins do is "
            "on record, under a number."
        ),
        (
            "admins",
            "admin_sessions",
            "admin_sign_ins",
            "admin_tries",
            "pending_acts",
            "alert_tellings",
        ),
    ),
    Group(
        _("Messages on their way"),
        _(
            "What you write is deleted as soon as it is handled, our answer as soon as it has "
            "left. What cannot be handled waits, encrypted, until the fault is found; at the "
            "latest it goes with everything else of you."
        ),
        ("inbox", "outbox", "mails"),
    ),
    Group(
        _("Keys and guards"),
        _(
            "A key of your own opens what is encrypted for you. A mark that lasts some days keeps "
            "one message from being handled twice."
        ),
        ("person_keys", "seen_events"),
    ),
)
#: Told only where proof is kept after an erasure.
PROOF: Final = Group(
    _("Proof after your data is erased"),
    _(
        "What you said yes and no to, and when: encrypted under a key of its own, without your "
        "Messenger id. Whoever has the number of such a record, as your file shows it, can have "
        "it looked up."
    ),
    ("evidence",),
)
#: Told only where erasures are passed on.
TELLING: Final = Group(
    _("Until others have erased you too"),
    _(
        "Who else got your data has to hear that it is erased (Art. 19 GDPR). Until they have "
        "confirmed it, 30 days at most, your Messenger id stays for that alone: encrypted, under a "
        "key of that day."
    ),
    ("tellings",),
)
NOT_ABOUT_YOU: Final = Group(
    _("Also kept, but not about you"),
    _("What the program keeps of itself, so that this list is complete."),
    (),
)


def group_of(table: str, entry: Entry) -> Group:
    """Return where an entry is told.

    Raises:
        TableUngrouped: No group has this table.
    """
    if entry.basis is Basis.NONE:
        return NOT_ABOUT_YOU
    for group in (*GROUPS, PROOF, TELLING):
        if table in group.tables:
            return group
    raise TableUngrouped(table=table)


def entries() -> Iterator[tuple[str, Entry]]:
    """Yield everything in the data map, with its table."""
    for table, columns in (*COLUMNS.items(), (STATE, FIELDS)):
        for entry in columns.values():
            yield table, entry


def batches(group: Group) -> list[Batch]:
    """Return what is kept in a group, in the order of the data map; each text once."""
    found: dict[tuple[str, Basis, str], dict[Form, dict[str, None]]] = {}
    for table, entry in entries():
        if group_of(table, entry) is group:
            forms = found.setdefault((entry.purpose, entry.basis, entry.kept), {})
            forms.setdefault(entry.form, {})[entry.holds] = None
    return [
        Batch(*same, {form: tuple(forms[form]) for form in Form if form in forms})
        for same, forms in found.items()
    ]
