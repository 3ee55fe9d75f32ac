"""What an alert says: what it is, and what to do. English, as all words for admins; no person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from storage.admins import Role
from storage.alerts import Alert, AlertKind

#: Subjects travel and are listed in clear, so this says nothing of what happened.
SUBJECT: Final = "Your Messenger bot needs an admin"
_TECHNICAL: Final[tuple[Role, ...]] = ("owner",)
_RIGHTS: Final[tuple[Role, ...]] = ("owner", "privacy officer")


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one kind; `{about}` and `{stage}` are filled in."""

    says: str
    what_to_do: str
    #: Who is told.
    roles: tuple[Role, ...] = _TECHNICAL


WORDS: Final[Mapping[AlertKind, Words]] = {
    AlertKind.CASE: Words(
        "Request {about} has waited for {stage}. The law gives one month in all (Art. 12(3) GDPR).",
        "Answer it now: /cases.",
        _RIGHTS,
    ),
    AlertKind.BREACH: Words(
        "Breach {about}: {stage} have passed since you became aware of it. The authority has to "
        "hear of it within 72 hours (Art. 33 GDPR).",
        "Go on with it now: /breach.",
        _RIGHTS,
    ),
    AlertKind.TOKEN_REFUSED: Words(
        "Messenger refuses the token of Page {about}: nothing can be sent for it.",
        "Run `chatmagico connect`: it takes a new one, while the bot runs.",
    ),
    AlertKind.NOT_SUBSCRIBED: Words(
        "Messenger does not post everything of Page {about} to this app any more, and does not let "
        "me mend it.",
        "Run `chatmagico connect`: it subscribes anew, or names what stands in the way.",
    ),
    AlertKind.TOKEN_ENDS: Words(
        "The token of Page {about} ends within {stage}; after that nothing can be sent for it.",
        "Run `chatmagico connect`: it takes a new one, while the bot runs.",
    ),
    AlertKind.SILENCE: Words(
        "Nothing has come in for Page {about} for {stage}. It may just be quiet.",
        "Write to the Page. Without an answer, run `chatmagico check` and look at the webhook in "
        "Meta's dashboard.",
    ),
    AlertKind.PARKED: Words(
        "Some messages could not be handled and were set aside.",
        "Run `chatmagico quarantine list`.",
    ),
    AlertKind.IN_DOUBT: Words(
        "Of many messages it is not known whether they arrived: Messenger tells of too few.",
        "Run `chatmagico check`: the app needs the field message_echoes.",
    ),
    AlertKind.MAIL: Words(
        "The mail server takes no mail.",
        "Run `chatmagico check`: it asks the mail server.",
    ),
    AlertKind.CLOCK: Words(
        "The clock of a machine that serves differs from the database's by more than 5 seconds.",
        "Let it set its clock over the network (`timedatectl`): with a wrong one "
        "`chatmagico serve` does not start again.",
    ),
    AlertKind.DISCONNECTED: Words(
        "Page {about} was disconnected from this app. {stage} later everything that is kept of "
        "its people is erased, for good.",
        "To keep it, connect the Page again: `chatmagico check` tells what is missing.",
        _RIGHTS,
    ),
    AlertKind.RETIRING: Words(
        "The bot of Page {about} ends: its people are told, and erased. Nothing brings them back.",
        "Run `chatmagico page retire {about}` for the certificate, once it is over.",
        _RIGHTS,
    ),
}


def text_of(alert: Alert) -> str:
    """Return what is said of an alert."""
    words = WORDS[AlertKind(alert.kind)]
    told = f"{words.says}\n{words.what_to_do}"
    return told.format(about=alert.about, stage=alert.stage)


def is_for(alert: Alert, role: Role) -> bool:
    """Tell whether somebody in a role is told of an alert."""
    return role in WORDS[AlertKind(alert.kind)].roles
