"""What erasure itself keeps, and what is known of the epochs of keys."""

from typing import Final

from storage.data_map.entry import Entry, Form
from storage.data_map.kinds import ID, person, technical

TABLES: Final[dict[str, dict[str, Entry]]] = {
    "deployment": {
        "number": technical("a one: this table has one row"),
        "deployment_id": technical("a random number of this installation"),
        "made_at_ms": technical("when it was set up"),
    },
    "erasing": {
        "person_id": person(ID, Form.RANDOM_ID),
        "begun_at_ms": person("since when you are being erased", Form.CLEAR, why="orders erasures"),
    },
    "epochs": {
        "epoch": technical("the number of a secret that wraps keys"),
        "active_at_ms": technical("since when it wraps them"),
        "retired_at_ms": technical("since when nothing is wrapped by it"),
        "destroyed_at_ms": technical("when it was destroyed"),
    },
    "secret_checks": {
        "number": technical("the number of a secret that wraps keys; 0 for the root secret"),
        "check_digits": technical("by what all machines see that they have the same one"),
    },
}
