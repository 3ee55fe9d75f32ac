"""Delete me: everything is erased, after one typed word.

person  delete me
bot     This erases what Example e.V. keeps about you here: your Messenger id, your language,
        the details you gave, your answers, consents and requests, and what is still waiting to
        be sent to you.
        What stays, without your data: a hash of your receipt's number, so that you can check the
        deletion, and marks that keep a backup from bringing you back. Copies in backups go when
        the backups grow old.
        Beyond our reach: Meta's copy of this chat, the Page's inbox, and files that were sent.
        Deleting them there is up to you and to Meta.
        To erase everything, please type DELETE. [Keep my data] [Export first]
person  sure
bot     That was not the word, so nothing is erased.
        To erase everything, please type DELETE. [Keep my data] [Export first]
taps    Keep my data
bot     All right, everything stays as it is. [My data] [Menu]
person  delete me
bot     This erases what Example e.V. keeps about you here: your Messenger id, your language,
        the details you gave, your answers, consents and requests, and what is still waiting to
        be sent to you.
        What stays, without your data: a hash of your receipt's number, so that you can check the
        deletion, and marks that keep a backup from bringing you back. Copies in backups go when
        the backups grow old.
        Beyond our reach: Meta's copy of this chat, the Page's inbox, and files that were sent.
        Deleting them there is up to you and to Meta.
        To erase everything, please type DELETE. [Keep my data] [Export first]
person  Delete
bot     Done. Your data is being erased now. Your receipt is R-1. The proof will stand here:
        https://bot.example/deletion/R-1
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from flows.dates import day_in
from flows.kit.effects import EraseMe
from flows.kit.flow import END, Flow
from flows.kit.reply import Choice, Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.kit.words import spellings_of
from flows.opt_in import is_unseen
from flows.rights_words import DELETE_ME, EXPORT, MY_DATA
from flows.ways import GO, ways
from flows.words import MENU, NO

#: What has to be typed, by language; each is also a spelling of DELETE ME, and any will do.
TYPED: Final = {
    "en": "DELETE",
    "de": "LÖSCHEN",
    "fr": "SUPPRIMER",
    "es": "BORRAR",
    "it": "ELIMINA",
    "pl": "USUŃ",
}
_ANY: Final = tuple(spelling for word in TYPED.values() for spelling in spellings_of(word))
PASSED_ON: Final = _(
    "Who else got your data is told that it is erased. For that, your Messenger id stays, "
    "encrypted, until they have confirmed it, at the latest until {day}."
)
PROVES: Final = _(
    "Proof of what you said yes and no to also stays, until {day}: encrypted, and without "
    "your Messenger id. {controller} has to be able to show it."
)


class At(StrEnum):
    """Where this conversation can be."""

    CONFIRM = "confirm"


flow = Flow("delete_me", version=1, places=At, opens_on=(DELETE_ME,))


@flow.opens(goes_to=At.CONFIRM)
def tell_all(turn: Turn) -> Say:
    """Say what goes, what stays and why, and what is beyond our reach."""
    told = turn.tell(
        _(
            "This erases what {controller} keeps about you here: your Messenger id, your "
            "language, the details you gave, your answers, consents and requests, and what is "
            "still waiting to be sent to you.\n\nWhat stays, without your data: a hash of your "
            "receipt's number, so that you can check the deletion, and marks that keep a "
            "backup from bringing you back. Copies in backups go when the backups grow "
            "old.\n\nBeyond our reach: Meta's copy of this chat, the Page's inbox, and files "
            "that were sent. Deleting them there is up to you and to Meta."
        )
    )
    return Say(
        "\n\n".join(text for text in (told, what_is_passed_on(turn), what_proves(turn)) if text)
    )


def what_is_passed_on(turn: Turn) -> str:
    """Say that others are told, and what stays until they have confirmed; empty where none is."""
    if not turn.site.told_days:
        return ""
    until = turn.event.at + timedelta(days=turn.site.told_days)
    return turn.tell(PASSED_ON, day=day_in(turn.language, until.date()))


def what_proves(turn: Turn) -> str:
    """Say that proof of consents stays, and until when; empty where none does."""
    if not turn.site.evidence_days:
        return ""
    until = turn.event.at + timedelta(days=turn.site.evidence_days)
    return turn.tell(PROVES, day=day_in(turn.language, until.date()))


# --- The typed word -----------------------------------------------------------
def to_type(turn: Turn) -> str:
    """Ask for the word, in the person's language."""
    word = TYPED.get(turn.language, TYPED["en"])
    return turn.tell(_("To erase everything, please type {word}."), word=word)


def before(turn: Turn) -> tuple[Choice, ...]:
    """Offer to take everything along first."""
    return (Choice(turn.tell(_("Export first")), GO + EXPORT),)


flow.ask(At.CONFIRM, to_type, choices=(_("Keep my data"),), ways=before)


@flow.on(At.CONFIRM, words=dict.fromkeys(TYPED, _ANY), when=is_unseen, goes_to=At.CONFIRM)
def ask_first(_turn: Turn) -> Say:
    """Ask again: nobody orders an erasure without having seen what it means."""
    return Say()


@flow.on(At.CONFIRM, words=dict.fromkeys(TYPED, _ANY), goes_to=END)
def erase(_turn: Turn) -> Say:
    """Order the erasure; only a typed word does."""
    return Say(effects=(EraseMe(),))


@flow.on(At.CONFIRM, "Keep my data", words=NO, goes_to=END)
def keep(turn: Turn) -> Say:
    """Leave everything as it is."""
    text = turn.tell(_("All right, everything stays as it is."))
    return Say(text, choices=ways(turn, MY_DATA, MENU))


@flow.otherwise(At.CONFIRM, goes_to=At.CONFIRM)
def wrong_word(turn: Turn) -> Say:
    """Say that nothing has happened, and ask again."""
    return Say(turn.tell(_("That was not the word, so nothing is erased.")))


flow.forgets(At.CONFIRM)


@flow.on_found("erasure", goes_to=END)
def give_receipt(turn: Turn) -> Say:
    """Give the number and where the proof will stand; nothing that invites back."""
    number, url = turn.found.number, turn.found.url
    done = turn.tell(
        _("Done. Your data is being erased now. Your receipt is {number}."), number=number
    )
    proof = turn.tell(_("The proof will stand here: {url}"), url=url) if url else ""
    return Say(f"{done} {proof}".rstrip())


flow.check()
