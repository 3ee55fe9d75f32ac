"""The file that remembers who was erased: added to only, whole lines only, one deployment's."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage import PersonId
from storage.errors import TombstonesUnusable
from storage.tombstones import Tombstones

OURS = b"a deployment's\0\1"
ANN, BEN = PersonId(b"a" * 16), PersonId(b"b" * 16)


def made(folder: Path) -> Tombstones:
    """Begin a file in a folder that may not exist yet."""
    tombstones = Tombstones(folder / "apart" / "tombstones")
    assert tombstones.begin(lambda: OURS) == OURS
    return tombstones


def everybody(tombstones: Tombstones) -> list[PersonId]:
    """Return who is in the file, in its order."""
    return [person for batch in tombstones.batches() for person in batch]


def test_it_remembers_random_ids_only(tmp_path: Path) -> None:
    """The first line names the deployment, others a random id and its check; nobody may read it."""
    tombstones = made(tmp_path)
    tombstones.add([ANN, BEN])
    head, *lines = tombstones.path.read_text(encoding="ascii").splitlines()
    assert head == f"chatmagico tombstones 2 {OURS.hex()}"
    checks = [hashlib.sha256(OURS + one).hexdigest()[:8] for one in (ANN, BEN)]
    assert lines == [f"{ANN.hex()} {checks[0]}", f"{BEN.hex()} {checks[1]}"]
    assert tombstones.path.stat().st_mode & 0o777 == 0o600
    assert everybody(tombstones) == [ANN, BEN]
    assert tombstones.named([BEN, PersonId(b"c" * 16)]) == {BEN}


def test_who_begins_second_takes_the_first_ones_id(tmp_path: Path) -> None:
    """All nodes end with one deployment's id, whoever made the file."""
    first = made(tmp_path)
    assert Tombstones(first.path).begin(lambda: b"x" * 16) == OURS
    assert Tombstones(first.path).deployment() == OURS
    assert Tombstones(tmp_path / "elsewhere").deployment() is None


def test_half_a_line_does_not_count(tmp_path: Path) -> None:
    """What a power cut left of a line is passed over, and taken away by the next one."""
    tombstones = made(tmp_path)
    tombstones.add([ANN])
    whole = tombstones.path.read_bytes()
    line = whole.splitlines(keepends=True)[-1]
    for left in range(1, len(line)):
        tombstones.path.write_bytes(whole + line[:left])
        assert everybody(tombstones) == [ANN]
        tombstones.add([BEN])
        assert everybody(tombstones) == [ANN, BEN]


def test_every_changed_letter_is_noticed(tmp_path: Path) -> None:
    """An id that was edited into another one would let somebody erased come back: it is refused."""
    tombstones = made(tmp_path)
    tombstones.add([ANN, BEN])
    whole = tombstones.path.read_bytes()
    for at in range(whole.index(OURS.hex().encode()), len(whole) - 1):
        for other in {b"0", b"7", b"A", b" ", b"\n"} - {whole[at : at + 1]}:
            tombstones.path.write_bytes(whole[:at] + other + whole[at + 1 :])
            with pytest.raises(TombstonesUnusable):
                everybody(tombstones)


def test_lines_of_another_deployment_are_noticed(tmp_path: Path) -> None:
    """A line that was copied from elsewhere names nobody here."""
    ours, theirs = made(tmp_path), Tombstones(tmp_path / "theirs")
    theirs.begin(lambda: b"x" * 16)
    theirs.add([ANN])
    with ours.path.open("ab") as file:
        file.write(theirs.path.read_bytes().splitlines(keepends=True)[-1])
    with pytest.raises(TombstonesUnusable, match="line 2 was changed"):
        everybody(ours)


def test_a_file_from_before_the_check_digits_is_gone_on_with(tmp_path: Path) -> None:
    """Its lines count as they are; new ones have check digits, which count there too."""
    path = tmp_path / "tombstones"
    path.write_text(f"chatmagico tombstones 1 {OURS.hex()}\n{ANN.hex()}\n", encoding="ascii")
    tombstones = Tombstones(path)
    tombstones.add([BEN])
    assert everybody(tombstones) == [ANN, BEN]
    path.write_bytes(path.read_bytes()[:-2] + b"x\n")
    with pytest.raises(TombstonesUnusable, match="line 3 was changed"):
        everybody(tombstones)


@pytest.mark.parametrize("written", [b"", b"chatmagico tomb", b"chatmagico tombstones 2 00"])
def test_half_a_beginning_is_begun_anew(tmp_path: Path, written: bytes) -> None:
    """A file whose first line was never finished is a new one."""
    path = tmp_path / "tombstones"
    path.write_bytes(written)
    assert Tombstones(path).begin(lambda: OURS) == OURS
    assert everybody(Tombstones(path)) == []


@pytest.mark.parametrize(
    "content",
    [
        b"holiday pictures\n",
        b"chatmagico tombstones 2 \n",
        b"chatmagico tombstones 3 " + OURS.hex().encode() + b"\n",
        b"chatmagico tombstones 2 " + OURS.hex().encode() + b"\n" + ANN.hex().encode() + b"\n",
        b"chatmagico tombstones 1 " + OURS.hex().encode() + b"\nnobody\n",
        b"chatmagico tombstones 1 " + OURS.hex().encode() + b"\n\n",
        b"chatmagico tombstones 1 " + OURS.hex().encode() + b"\n" + b"aa" * 17 + b"\n",
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """Nothing is guessed from another file, nor from a line that was changed."""
    path = tmp_path / "tombstones"
    path.write_bytes(content)
    with pytest.raises(TombstonesUnusable):
        everybody(Tombstones(path))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """Who was erased is never written to a file that was begun behind our back."""
    with pytest.raises(TombstonesUnusable, match="FileNotFoundError"):
        Tombstones(tmp_path / "tombstones").add([ANN])


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    """However many nodes write at once, every line arrives whole."""
    tombstones = made(tmp_path)
    people = [PersonId(b"%16d" % number) for number in range(400)]
    with ThreadPoolExecutor(8) as nodes:
        for at in range(0, 400, 10):
            nodes.submit(Tombstones(tombstones.path).add, people[at : at + 10])
    assert sorted(everybody(tombstones)) == people
