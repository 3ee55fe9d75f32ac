"""Every column there is: what it holds, what for, on what basis, for how long, how it goes.

Notice, `my data`, export, record of processing and erasure are made from this, so none of them can
forget what is stored. A table or column that is missing here fails the build; so does a flow that
keeps a field which is not in FIELDS.
"""

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """In what form a value reaches the disk."""

    SEALED = "sealed"
    KEYED_HASH = "keyed hash"
    RANDOM_ID = "random id"
    CLEAR = "clear"


class Basis(StrEnum):
    """The legal basis, by article of the GDPR."""

    CONSENT = "consent, Art. 6(1)(a)"
    DUTY = "legal obligation, Art. 6(1)(c)"
    INTEREST = "legitimate interests, Art. 6(1)(f)"
    NONE = "not personal data"


class Erased(StrEnum):
    """What makes a value go."""

    WITH_PERSON = "with the person: row and key"
    WHEN_HANDLED = "when it was handled, and with the person"
    WHEN_SENT = "when it was sent, and with the person"
    WITH_DAY = "with the key of its day"
    NEVER = "never: it tells nothing of anybody"


@dataclass(frozen=True, slots=True)
class Entry:
    """One column, or one field inside a sealed one."""

    holds: str
    purpose: str
    basis: Basis
    kept: str
    form: Form
    erased: Erased
    #: Whether `my data` shows it and the export contains it.
    is_exported: bool = False
    #: Why it may stand in clear although it is about a person.
    why_clear: str = ""


_ANSWER = "to answer you"
_PROOF = "to prove what you agreed to"
_RUN = "to run the service"
_AS_LONG_AS_PERSON = "as long as we know you"
_INTEREST, _DUTY, _NONE = Basis.INTEREST, Basis.DUTY, Basis.NONE


def _person(holds: str, form: Form, *, exported: bool = False, why: str = "") -> Entry:
    kept, gone = _AS_LONG_AS_PERSON, Erased.WITH_PERSON
    return Entry(holds, _ANSWER, _INTEREST, kept, form, gone, exported, why)


def _consent(holds: str, form: Form, *, exported: bool = True, why: str = "") -> Entry:
    kept, gone = _AS_LONG_AS_PERSON, Erased.WITH_PERSON
    return Entry(holds, _PROOF, _DUTY, kept, form, gone, exported, why)


def _case(
    holds: str, form: Form = Form.CLEAR, *, exported: bool = True, why: str = "reminds of due dates"
) -> Entry:
    kept, gone = _AS_LONG_AS_PERSON, Erased.WITH_PERSON
    clear = why if form is Form.CLEAR else ""
    return Entry(holds, "to answer your request", _DUTY, kept, form, gone, exported, clear)


def _waiting(holds: str, form: Form, gone: Erased, why: str = "") -> Entry:
    return Entry(holds, _ANSWER, _INTEREST, "until it is handled", form, gone, why_clear=why)


def _technical(holds: str, kept: str = "as long as the service runs") -> Entry:
    return Entry(holds, _RUN, _NONE, kept, Form.CLEAR, Erased.NEVER)


def _inbox(holds: str, form: Form = Form.CLEAR, why: str = "orders and retries events") -> Entry:
    return _waiting(holds, form, Erased.WHEN_HANDLED, why if form is Form.CLEAR else "")


def _outbox(holds: str, form: Form = Form.CLEAR, why: str = "orders and retries sends") -> Entry:
    return _waiting(holds, form, Erased.WHEN_SENT, why if form is Form.CLEAR else "")


_ID = "a random number that stands for you"
_CLEAR, _SEALED, _RANDOM = Form.CLEAR, Form.SEALED, Form.RANDOM_ID

COLUMNS: dict[str, dict[str, Entry]] = {
    "people": {
        "person_id": _person(_ID, _RANDOM),
        "page_id": _person("the Page you write to", _CLEAR, exported=True, why="routes answers"),
        "lookup": _person("a keyed hash by which you are found again", Form.KEYED_HASH),
        "psid": _person("your Messenger id on this Page", _SEALED, exported=True),
        "state": _person("where you are in the conversation", _SEALED, exported=True),
        "language": _person("your language", _CLEAR, exported=True, why="selects texts"),
        "window_ends_at_ms": _person(
            "until when Messenger lets us write", _CLEAR, exported=True, why="checked at each send"
        ),
        "muted_until_ms": _person(
            "until when a human answers you", _CLEAR, exported=True, why="checked at each turn"
        ),
        "unreachable_since_ms": _person(
            "since when something we wrote has not reached you",
            _CLEAR,
            exported=True,
            why="checked before sends",
        ),
        "restricted_since_ms": _person(
            "since when the use of your data is restricted",
            _CLEAR,
            exported=True,
            why="checked at each turn and send",
        ),
        "erase_due_at_ms": _person(
            "when your data is erased", _CLEAR, exported=True, why="selects who is due"
        ),
        "created_at_ms": _person(
            "when you first wrote", _CLEAR, exported=True, why="counts and retention"
        ),
    },
    "consents": {
        "consent_id": _consent("a random number of this record", _RANDOM),
        "person_id": _consent(_ID, _RANDOM, exported=False),
        "purpose_id": _consent("what it is about", _CLEAR, why="selects recipients"),
        "act": _consent("yes, no or withdrawn", _CLEAR, why="selects recipients"),
        "counts": _consent("whether it changed anything", _CLEAR, why="selects recipients"),
        "platform_at_ms": _consent("when, by Messenger", _CLEAR, why="orders yes and no"),
        "recorded_at_ms": _consent("when it was recorded", _CLEAR, why="orders yes and no"),
        "text_hash": _consent(
            "which words you were shown", _CLEAR, why="the text is the same for all"
        ),
        "text_version": _consent("their version", _CLEAR, why="the text is the same for all"),
        "language": _consent("their language", _CLEAR, why="the text is the same for all"),
    },
    "consent_status": {
        "person_id": _consent(_ID, _RANDOM, exported=False),
        "purpose_id": _consent("what it is about", _CLEAR, why="selects recipients"),
        "granted_at_ms": _consent("when you last said yes", _CLEAR, why="selects recipients"),
        "refused_at_ms": _consent("when you last said no", _CLEAR, why="selects recipients"),
        "withdrawn_at_ms": _consent("when you last withdrew", _CLEAR, why="selects recipients"),
    },
    "cases": {
        "case_id": _case("a random number of this request", _RANDOM, exported=False),
        "number": _case("the number of your request"),
        "person_id": _case(_ID, _RANDOM, exported=False),
        "kind": _case("what you asked for"),
        "status": _case("how far your request is"),
        "opened_at_ms": _case("when you asked"),
        "due_at_ms": _case("when you get an answer at the latest"),
    },
    "erasures": {
        "person_id": _person(_ID, _RANDOM),
        "receipt_hash": _person("a hash of your receipt's number", Form.KEYED_HASH),
        "ordered_at_ms": _person(
            "when you asked for everything to be erased", _CLEAR, why="orders erasures"
        ),
    },
    "receipts": {
        "receipt_hash": _technical("a hash of a receipt's number, which only its holder knows"),
        "kind": _technical("what the receipt is for"),
        "ordered_at_ms": _technical("when that was asked for"),
        "done_at_ms": _technical("when it was done"),
    },
    "texts": {
        "text_hash": _technical("the hash of a question's text"),
        "text": _technical("a question as it is put to everybody"),
        "text_version": _technical("the question's version"),
        "language": _technical("the question's language"),
        "first_shown_at_ms": _technical("when it was first answered by anybody"),
    },
    "seen_events": {
        "event_key": Entry(
            "a keyed hash of a message's number",
            "to handle nothing twice",
            _INTEREST,
            "7 days",
            Form.KEYED_HASH,
            Erased.WITH_DAY,
        ),
        "day": _technical("the day whose key was used", "7 days"),
    },
    "inbox": {
        "inbox_id": _inbox("a running number"),
        "event_key": _inbox("a keyed hash of the message's number", Form.KEYED_HASH),
        "person_id": _inbox(_ID, _RANDOM),
        "platform_at_ms": _inbox("when you wrote, by Messenger"),
        "received_at_ms": _inbox("when it came in"),
        "key_day": _inbox("the day whose key seals it"),
        "body": _inbox("what you wrote or tapped", _SEALED),
        "attempts": _inbox("how often it was tried"),
        "due_at_ms": _inbox("when it is tried next"),
        "parked_reason": _inbox("why it was given up"),
    },
    "outbox": {
        "seq": _outbox("a running number"),
        "outbox_id": _outbox("a random number of the message", _RANDOM),
        "person_id": _outbox(_ID, _RANDOM),
        "page_id": _outbox("the Page it leaves from"),
        "kind": _outbox("answer, notice or broadcast"),
        "state": _outbox("how far it is"),
        "body": _outbox("what we write to you", _SEALED),
        "due_at_ms": _outbox("when it may leave"),
        "expires_at_ms": _outbox("until when it is of use"),
        "attempts": _outbox("how often it was tried"),
        "refusals": _outbox("how often Messenger refused it"),
        "pauses": _outbox("how often its Page was paused over it"),
        "resends_left": _outbox("whether it may be sent once more"),
        "owner": _outbox("which process sends it"),
        "begun_at_ms": _outbox("when sending began"),
        "decide_at_ms": _outbox("until when its echo is waited for"),
    },
    "timers": {
        "person_id": _person(_ID, _RANDOM),
        "due_at_ms": _person("when a question times out", _CLEAR, why="selects what is due"),
    },
    "page_states": {
        "page_id": _technical("a Page of the organisation"),
        "paused_reason": _technical("why nothing is sent for it"),
        "paused_at_ms": _technical("since when it is paused"),
        "paused_until_ms": _technical("until when it is paused"),
        "judged_at_ms": _technical("when Meta last blocked or unblocked it"),
        "next_slot_at_us": _technical("when its next message may leave"),
    },
    "nodes": {
        "node_id": _technical("a random number of a process"),
        "lock_number": _technical("the number of the lock it holds"),
        "started_at_ms": _technical("when it started"),
    },
    "person_keys": {
        "person_id": _person(_ID, _RANDOM),
        "epoch": _person("which secret wraps the key", _CLEAR, why="finds that secret"),
        "wrapped": _person("the key that opens what is yours", _SEALED),
        "created_at_ms": _person("when the key was made", _CLEAR, why="finds keys of nobody"),
    },
    "day_keys": {
        "day": _technical("a day", "7 days"),
        "use": _technical("what the day's key is for", "7 days"),
        "epoch": _technical("which secret wraps the key", "7 days"),
        "wrapped": Entry("the day's key", _RUN, _NONE, "7 days", _SEALED, Erased.WITH_DAY),
    },
}


def _inside_state(holds: str) -> Entry:
    return _person(holds, _SEALED, exported=True)


#: What is inside the sealed `people.state`, and what flows keep there as notes.
FIELDS: dict[str, Entry] = {
    "place": _inside_state("which question was put to you last"),
    "back": _inside_state("which question came before it"),
    "shown": _inside_state("a short hash of the words you were asked with"),
    "purpose": _inside_state("which purpose you are being asked about"),
    "timer_due_at_ms": _inside_state("when that question times out"),
    "data_page": _inside_state("which page of your data was shown last"),
    "data_pages": _inside_state("how many pages of your data there were"),
    "data_values": _inside_state("whether you asked to see the values"),
    "case_kind": _inside_state("what the team is to be asked about"),
    "age_ok": _inside_state("whether you said you are old enough"),
    "age_asked": _inside_state("the age you were asked about"),
    "told_at_ms": _inside_state("when you were told what we keep"),
    "heard_at_ms": _inside_state("when you last wrote"),
    "owes_stop_confirmation": _inside_state("whether your STOP is still to be confirmed"),
}
