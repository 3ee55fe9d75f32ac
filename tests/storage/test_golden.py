"""Every format that is stored or handed out, as the first release wrote it: it holds for ever.

Sealed values and indexes have theirs in `vault/`, the ledger in `ledger/`.
"""

import json
from pathlib import Path

import msgspec
import pytest

from storage import PersonId
from storage.db.columns import Sealed
from storage.db.engine import Database
from storage.db.tables import keys, main
from storage.epochs import day_cell, person_cell
from storage.export import Exports, Handed
from storage.ledger.ledger import opening_cell
from storage.mails import Letter
from storage.people import psid_cell
from storage.receipts import hash_of
from storage.tellings import Who
from storage.tombstones import Tombstones
from storage.vault.blind_index import blind_index
from storage.vault.kit import named, print_kit, read_kit
from storage.vault.sealing import Cell, SealedBytes, open_sealed
from storage.vault.secrets import FileSecrets, Secrets
from storage.vault.signing_keys import HeldSigning, load

GOLDEN = Path(__file__).parent / "golden"
FORMATS = json.loads((GOLDEN / "formats_1.json").read_text(encoding="utf-8"))
SECRETS = Secrets(bytes(range(32)), {1: bytes(range(7, 39)), 12: bytes(range(100, 132))})
ANN, BEN = PersonId(b"a" * 16), PersonId(b"b" * 16)
CELLS: dict[str, Cell] = {
    "a person's wrapped key": person_cell(ANN),
    "a day's wrapped key": day_cell(20728, "inbox"),
    "a Messenger id": psid_cell(ANN),
    "an opening": opening_cell(b"c" * 16, ANN),
    "a kept proof": Cell("evidence", "opening", b"c" * 16, b""),
    "a telling": Cell("tellings", "body", b"t" * 16, b""),
    "a mail": Cell("mails", "body", b"m" * 16, ANN),
    "a code": Cell("codes", "code", ANN, ANN),
    "a detail": Cell("details", "value", b"email", ANN),
    "an answer": Cell("cases", "answer", b"k" * 16, ANN),
    "an event": Cell("inbox", "body", b"e" * 16, ANN),
    "a message": Cell("outbox", "body", b"o" * 16, ANN),
    "an admin's seed": Cell("admins", "seed", ANN, ANN),
    "a line about a breach": Cell("breach_lines", "value", b"l" * 16, b"r" * 16),
    "a notice of a breach": Cell("breach_tellings", "plan", b"t" * 16, b""),
    "an act that waits": Cell("pending_acts", "line", b"P-ABC234", ANN),
    "a state": Cell("people", "state", ANN, ANN),
}


@pytest.mark.parametrize("name", CELLS)
def test_what_was_sealed_opens_in_its_place(name: str) -> None:
    """A value of each kind still opens in the row and column that it was sealed for."""
    sealed = SealedBytes(bytes.fromhex(FORMATS["sealed"][name]))
    opened = open_sealed(bytes(range(32)), sealed, CELLS[name])
    assert opened.decode() == FORMATS["opened"][name]


def test_there_is_one_of_each_sealed_kind() -> None:
    """No kind of sealed value, and no sealed column of either database, lacks its example."""
    assert set(FORMATS["sealed"]) == set(FORMATS["opened"]) == set(CELLS)
    tables = (*main.sorted_tables, *keys.sorted_tables)
    columns = [column for table in tables for column in table.c if isinstance(column.type, Sealed)]
    assert {str(column) for column in columns} == {
        f"{cell.table}.{cell.column}" for cell in CELLS.values()
    }


def test_a_telling_is_read_as_ever() -> None:
    """What waited for a recipient through an update still says who is erased."""
    who = msgspec.json.decode(FORMATS["opened"]["a telling"], type=Who)
    assert who == Who("555000111", "7000000000000001")


def test_a_letter_is_read_as_ever() -> None:
    """A mail that waited through an update still says to whom, and what."""
    letter = msgspec.json.decode(FORMATS["opened"]["a mail"], type=Letter)
    assert letter == Letter("anna@example.org", "A message from Garden Club", "Hello Anna")
    assert msgspec.json.encode(letter).decode() == FORMATS["opened"]["a mail"]


def test_tombstones_are_written_as_ever(tmp_path: Path) -> None:
    """The same file is written, and those of old are read."""
    made = Tombstones(tmp_path / "tombstones")
    made.begin(lambda: b"d" * 16)
    made.add([ANN, BEN])
    golden = [GOLDEN / f"tombstones_{version}.txt" for version in (1, 2)]
    assert made.path.read_bytes() == golden[-1].read_bytes()
    for file in golden:
        assert list(Tombstones(file).batches()) == [[ANN, BEN]]
        assert Tombstones(file).deployment() == b"d" * 16


def test_a_recovery_kit_is_printed_as_ever() -> None:
    """A kit on paper gives back the secrets, and is printed in the same letters."""
    kit = (GOLDEN / "kit_1.txt").read_text(encoding="ascii")
    assert "\n".join(print_kit(SECRETS)) + "\n" == kit
    assert {line.name: line.secret for line in read_kit(kit)} == named(SECRETS)


def test_secret_files_are_read_as_ever(tmp_path: Path) -> None:
    """The files of a root and of an epoch are written, and read, in the same form."""
    file = FileSecrets(tmp_path / "keys.secret")
    file.write(SECRETS)
    written = {path.name: path.read_text() for path in sorted(tmp_path.iterdir())}
    assert written == FORMATS["secret files"]
    assert file.load() == SECRETS


def test_a_receipts_number_leads_to_the_same_hash() -> None:
    """A receipt in somebody's chat is found again, however its number is typed."""
    known = FORMATS["receipt"]
    for typed in (known["number"], known["number"].lower(), known["number"].replace("-", " ")):
        assert hash_of(typed).hex() == known["hash"]


async def test_an_export_is_signed_and_read_as_ever(tmp_path: Path) -> None:
    """A file that somebody kept still counts, binds to the same person, and is signed alike."""
    exports = Exports(
        Database(f"sqlite+aiosqlite:///{tmp_path}/main.db"),
        SECRETS,
        HeldSigning(lambda: load(None, SECRETS)),
    )
    file = (GOLDEN / "export_1.html").read_bytes()
    binding = blind_index(SECRETS.derive("export/binding/1"), "555000111", "7000000000000001")
    details = {"name": "Anna", "email": "anna@example.org"}
    assert exports.read(file) == Handed("f1" * 16, binding.hex(), "en", details)
    content = bytearray(file[: file.rindex(b"<!-- signature: ")])
    exports.sign(content)
    assert bytes(content) == file
