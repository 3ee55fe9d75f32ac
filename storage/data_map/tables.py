"""What every conversation needs: people, consents, queues, keys."""

from typing import Final

from storage.data_map.entry import Basis, Entry, Erased, Form
from storage.data_map.kinds import ID, consent, inbox, outbox, person, technical

#: Of a key that opens what came in on a day, or stays after it.
_IN_USE: Final = "until it opens nothing any more"

TABLES: Final[dict[str, dict[str, Entry]]] = {
    "people": {
        "person_id": person(ID, Form.RANDOM_ID),
        "page_id": person("the Page you write to", Form.CLEAR, exported=True, why="routes answers"),
        "lookup": person("a keyed hash by which you are found again", Form.KEYED_HASH),
        "psid": person("your Messenger id on this Page", Form.SEALED, exported=True),
        "state": person("where you are in the conversation", Form.SEALED, exported=True),
        "state_version": person(
            "which version of the conversations wrote that",
            Form.CLEAR,
            exported=True,
            why="selects who can read it",
        ),
        "language": person("your language", Form.CLEAR, exported=True, why="selects texts"),
        "window_ends_at_ms": person(
            "until when Messenger lets us write",
            Form.CLEAR,
            exported=True,
            why="checked at each send",
        ),
        "muted_until_ms": person(
            "until when a human answers you", Form.CLEAR, exported=True, why="checked at each turn"
        ),
        "unreachable_since_ms": person(
            "since when something we wrote has not reached you",
            Form.CLEAR,
            exported=True,
            why="checked before sends",
        ),
        "restricted_since_ms": person(
            "since when the use of your data is restricted",
            Form.CLEAR,
            exported=True,
            why="checked at each turn and send",
        ),
        "erase_due_at_ms": person(
            "when your data is erased", Form.CLEAR, exported=True, why="selects who is due"
        ),
        "created_at_ms": person(
            "when you first wrote", Form.CLEAR, exported=True, why="counts and retention"
        ),
    },
    "consents": {
        "consent_id": consent("a random number of this record", Form.RANDOM_ID),
        "person_id": consent(ID, Form.RANDOM_ID, exported=False),
        "purpose_id": consent("what it is about", Form.CLEAR, why="selects recipients"),
        "act": consent("yes, no or withdrawn", Form.CLEAR, why="selects recipients"),
        "counts": consent("whether it changed anything", Form.CLEAR, why="selects recipients"),
        "platform_at_ms": consent("when, by Messenger", Form.CLEAR, why="orders yes and no"),
        "recorded_at_ms": consent("when it was recorded", Form.CLEAR, why="orders yes and no"),
        "text_hash": consent(
            "which words you were shown", Form.CLEAR, why="the text is the same for all"
        ),
        "text_version": consent("their version", Form.CLEAR, why="the text is the same for all"),
        "language": consent("their language", Form.CLEAR, why="the text is the same for all"),
    },
    "consent_status": {
        "person_id": consent(ID, Form.RANDOM_ID, exported=False),
        "purpose_id": consent("what it is about", Form.CLEAR, why="selects recipients"),
        "granted_at_ms": consent("when you last said yes", Form.CLEAR, why="selects recipients"),
        "refused_at_ms": consent("when you last said no", Form.CLEAR, why="selects recipients"),
        "withdrawn_at_ms": consent("when you last withdrew", Form.CLEAR, why="selects recipients"),
    },
    "texts": {
        "text_hash": technical("the hash of a question's text"),
        "text": technical("a question as it is put to everybody"),
        "text_version": technical("the question's version"),
        "language": technical("the question's language"),
        "first_shown_at_ms": technical("when it was first answered by anybody"),
    },
    "seen_events": {
        "event_key": Entry(
            "a keyed hash of a message's number",
            "to handle nothing twice",
            Basis.INTEREST,
            "7 days",
            Form.KEYED_HASH,
            Erased.WITH_DAY,
        ),
        "day": technical("the day whose key was used", "7 days"),
    },
    "inbox": {
        "inbox_id": inbox("a running number"),
        "event_key": inbox("a keyed hash of the message's number", Form.KEYED_HASH),
        "person_id": inbox(ID, Form.RANDOM_ID),
        "platform_at_ms": inbox("when you wrote, by Messenger"),
        "received_at_ms": inbox("when it came in"),
        "key_day": inbox("the day whose key seals it"),
        "body": inbox("what you wrote or tapped", Form.SEALED),
        "attempts": inbox("how often it was tried"),
        "due_at_ms": inbox("when it is tried next"),
        "parked_reason": inbox("why it was given up"),
    },
    "outbox": {
        "seq": outbox("a running number"),
        "outbox_id": outbox("a random number of the message", Form.RANDOM_ID),
        "person_id": outbox(ID, Form.RANDOM_ID),
        "page_id": outbox("the Page it leaves from"),
        "kind": outbox("answer, notice or broadcast"),
        "purpose_id": outbox("what it is about", why="asks again if you want it"),
        "case_id": outbox("a random number of the request it answers", Form.RANDOM_ID),
        "access_id": outbox("a random number of the look it tells of", Form.RANDOM_ID),
        "delivery_id": outbox("a random number of this message", Form.RANDOM_ID),
        "counts": outbox("whether that message counts by this part"),
        "notice_id": outbox("a random number of the notice of a breach it is", Form.RANDOM_ID),
        "state": outbox("how far it is"),
        "body": outbox("what we write to you", Form.SEALED),
        "due_at_ms": outbox("when it may leave"),
        "expires_at_ms": outbox("until when it is of use"),
        "attempts": outbox("how often it was tried"),
        "refusals": outbox("how often Messenger refused it"),
        "pauses": outbox("how often its Page was paused over it"),
        "resends_left": outbox("whether it may be sent once more"),
        "owner": outbox("which process sends it"),
        "begun_at_ms": outbox("when sending began"),
        "decide_at_ms": outbox("until when its echo is waited for"),
    },
    "timers": {
        "person_id": person(ID, Form.RANDOM_ID),
        "due_at_ms": person("when a question times out", Form.CLEAR, why="selects what is due"),
    },
    "page_states": {
        "page_id": technical("a Page of the organisation"),
        "paused_reason": technical("why nothing is sent for it"),
        "paused_at_ms": technical("since when it is paused"),
        "paused_until_ms": technical("until when it is paused"),
        "judged_at_ms": technical("when Meta last blocked or unblocked it"),
        "heard_at_ms": technical("when Messenger last posted anything for the Page"),
        "next_slot_at_us": technical("when its next message may leave"),
        "next_broadcast_at_us": technical("when its next message may leave"),
    },
    "nodes": {
        "node_id": technical("a random number of a process"),
        "lock_number": technical("the number of the lock it holds"),
        "started_at_ms": technical("when it started"),
        "epoch": technical("the newest secret it has for wrapping keys"),
        "state_version": technical("the version of its conversations"),
    },
    "schema_marks": {
        "compatible_since": technical("since which version programs can work with these tables"),
    },
    "person_keys": {
        "person_id": person(ID, Form.RANDOM_ID),
        "epoch": person("which secret wraps the key", Form.CLEAR, why="finds that secret"),
        "wrapped": person("the key that opens what is yours", Form.SEALED),
        "created_at_ms": person("when the key was made", Form.CLEAR, why="finds keys of nobody"),
    },
    "day_keys": {
        "day": technical("a day", _IN_USE),
        "use": technical("what the day's key is for", _IN_USE),
        "epoch": technical("which secret wraps the key", _IN_USE),
        "wrapped": Entry(
            "the day's key",
            "to run the service",
            Basis.NONE,
            _IN_USE,
            Form.SEALED,
            Erased.WITH_DAY,
        ),
    },
}
