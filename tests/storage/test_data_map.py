"""The data map covers every column, every field inside sealed state, and every flow's note."""

import msgspec
import pytest
import sqlalchemy as sa

from bot.turns import state
from flows import FLOWS
from storage import data_map
from storage.data_map import COLUMNS, FIELDS, Basis, Entry, Erased, Form
from storage.db import tables
from storage.db.columns import Sealed
from storage.erasure import _TABLES as EMPTIED

TABLES = {**tables.main.tables, **tables.keys.tables}
MAPPED = [(table, column) for table, columns in COLUMNS.items() for column in columns]
EXISTING = [(table.name, column.name) for table in TABLES.values() for column in table.c]
#: The names under which a turn's memory is stored inside the sealed state.
IN_STATE = {field.encode_name for field in msgspec.structs.fields(state._Kept)}  # noqa: SLF001 - what is stored is private to its module
ENTRIES = [(f"{table}.{column}", COLUMNS[table][column]) for table, column in MAPPED]
ENTRIES += [(f"people.state/{name}", entry) for name, entry in FIELDS.items()]

every_entry = pytest.mark.parametrize(
    ("where", "entry"), ENTRIES, ids=[where for where, _ in ENTRIES]
)

#: What everybody gets to read, the same for all.
SHOWN_TO_ALL = {("texts", "text"), ("broadcasts", "content")}


def column_of(where: str) -> sa.Column[object]:
    """Return the column an entry is about; that of the state for a field inside it."""
    table, column = where.split("/", maxsplit=1)[0].split(".")
    return TABLES[table].c[column]


def test_every_column_has_its_entry_and_no_entry_lacks_its_column() -> None:
    """Whoever adds or drops a column must say so in the map."""
    assert set(MAPPED) == set(EXISTING)


def test_every_field_of_the_state_has_its_entry() -> None:
    """What is remembered of a person inside the sealed state is in the map, by its stored name."""
    assert FIELDS.keys() >= IN_STATE


def test_every_note_of_a_flow_has_its_entry() -> None:
    """What any flow keeps as a note is in the map; and nothing else is, but the state itself."""
    notes = {note for _, note in FLOWS.kept_fields()}
    assert notes <= FIELDS.keys()
    assert FIELDS.keys() == notes | IN_STATE


@every_entry
def test_sealed_in_the_map_is_sealed_on_the_disk(where: str, entry: Entry) -> None:
    """The map says sealed exactly where the column takes nothing but sealed values."""
    assert (entry.form is Form.SEALED) is isinstance(column_of(where).type, Sealed)


@every_entry
def test_what_stands_in_clear_says_why(where: str, entry: Entry) -> None:
    """Each value about a person that is readable on the disk has its reason, and no other has."""
    is_about_somebody = entry.basis is not Basis.NONE
    needs_reason = is_about_somebody and entry.form is Form.CLEAR
    assert bool(entry.why_clear) is needs_reason, where


@every_entry
def test_every_entry_is_told_in_words(where: str, entry: Entry) -> None:
    """Each entry says what it holds, what for and for how long, as a part of a sentence."""
    for words in (entry.holds, entry.purpose, entry.kept):
        assert words.strip() == words != "", where
        assert not words.endswith("."), where


@every_entry
def test_what_is_about_somebody_goes_with_them(where: str, entry: Entry) -> None:
    """Nothing that is about a person stays for ever, and what stays is about nobody."""
    assert (entry.erased is Erased.NEVER) <= (entry.basis is Basis.NONE), where


@every_entry
def test_random_ids_are_binary(where: str, entry: Entry) -> None:
    """An id or hash in the map is a column of bytes: no name or number can stand in it."""
    if entry.form in {Form.RANDOM_ID, Form.KEYED_HASH}:
        assert isinstance(column_of(where).type, sa.LargeBinary), where


def test_erasure_reaches_every_table_about_people() -> None:
    """Each table whose rows go with the person is one that erasure empties, or holds their key."""
    with_person = {
        table
        for table, columns in COLUMNS.items()
        if any(entry.erased is Erased.WITH_PERSON for entry in columns.values())
    }
    emptied = {table.name for table in EMPTIED}
    assert with_person <= emptied | {"person_keys"}
    assert emptied == {name for name, table in tables.main.tables.items() if "person_id" in table.c}


def test_whatever_names_a_person_is_marked_so() -> None:
    """A table with a person_id has not a single column that the map takes for nobody's."""
    for table, columns in COLUMNS.items():
        if "person_id" in columns:
            nobodys = [name for name, entry in columns.items() if entry.basis is Basis.NONE]
            assert nobodys == [], table


#: What everybody may read: the words of questions and of the notice, and what it states.
SHOWN_TO_ALL = {
    ("texts", "text"),
    ("broadcasts", "content"),
    ("policies", "facts"),
    ("policies", "asks_again"),
    ("policy_drafts", "asks_again"),
    ("policy_texts", "text"),
}


def test_text_columns_are_never_free_text() -> None:
    """No column in clear is long enough for what somebody wrote, but the texts shown to all."""
    for table in TABLES.values():
        for column in table.c:
            if isinstance(column.type, sa.String):
                is_shown_to_all = (table.name, column.name) in SHOWN_TO_ALL
                assert is_shown_to_all or (column.type.length or 999) <= 64, column


def test_the_map_is_plain_data() -> None:
    """The map imports nothing of storage, so that notice and export can read it without a store."""
    names = {getattr(value, "__module__", "") for value in vars(data_map).values()}
    assert not {
        name
        for name in names
        if name.startswith("storage.") and not name.startswith("storage.data_map")
    }
