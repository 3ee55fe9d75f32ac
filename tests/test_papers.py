"""The papers for whoever answers for the data: what they name exists, and nothing is left out."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from storage.data_map import COLUMNS, FIELDS, Basis, Entry

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAPERS = ("security.md", "dpia.md", "legitimate-interests.md", "processors.md")
#: A test as the papers name it.
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
#: What looks as if it were one, so that a slip in a name is not passed over.
MEANT = re.compile(r"`[^`\n]*::[^`\n]*`")
ITEM = re.compile(r"\b\d+\.\d+\.\d+\b")
TO_FILL_IN = "**To fill in"


def read(name: str) -> str:
    """Read a paper."""
    return (DOCS / name).read_text(encoding="utf-8")


def tables(text: str, heading: str) -> list[list[str]]:
    """List the rows of every table that begins with a heading, each as its cells."""
    found = re.findall(rf"^{re.escape(heading)}\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    lines = [line for table in found for line in table.splitlines()]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@cache
def functions_of(file: str) -> frozenset[str]:
    """List the tests of a file; none where there is no such file."""
    if not (ROOT / file).is_file():
        return frozenset()
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = (
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return frozenset(each.name for each in functions if each.name.startswith("test_"))


def missing_in(text: str) -> list[str]:
    """List the tests that a text names and that do not exist."""
    odd = [code for code in MEANT.findall(text) if not NAMED.fullmatch(code)]
    return odd + [
        f"{file}::{test}" for file, test in NAMED.findall(text) if test not in functions_of(file)
    ]


def interests() -> dict[str, Entry]:
    """Return each entry of the data map that rests on legitimate interests, by its name."""
    entries = {
        f"{table}.{column}": entry
        for table, columns in COLUMNS.items()
        for column, entry in columns.items()
    }
    entries |= {f"people.state: {name}": entry for name, entry in FIELDS.items()}
    return {name: entry for name, entry in entries.items() if entry.basis is Basis.INTEREST}


@pytest.mark.parametrize("paper", PAPERS)
def test_every_test_that_is_named_exists(paper: str) -> None:
    """File and function; a test that is renamed has to be renamed here."""
    assert missing_in(read(paper)) == []


@pytest.mark.parametrize(
    "text",
    [
        "`tests/test_papers.py::test_that_nobody_wrote`",
        "`tests/test_no_such_file.py::test_it`",
        "`tests/test_papers.py::interests`",
        "`test_papers.py::test_every_guarantee_has_its_test`",
    ],
)
def test_the_search_sees_a_missing_test(text: str) -> None:
    """A wrong function, a wrong file, what is no test, and half a name are found."""
    assert missing_in(text)


def test_every_guarantee_has_its_test() -> None:
    """No row of the guarantees stands without a test, and none is told twice."""
    rows = tables(read("security.md"), "| guarantee | test |")
    assert len(rows) > 50
    assert [guarantee for guarantee, named in rows if not NAMED.search(named)] == []
    assert len({guarantee for guarantee, _ in rows}) == len(rows)


def test_every_item_of_the_standard_has_a_test_or_says_not_yet() -> None:
    """Each item of ASVS stands once, with a test, or with what is missing."""
    rows = tables(read("security.md"), "| item | asks for | held by |")
    items = [item for row in rows for item in ITEM.findall(row[0])]
    assert len(items) > 50
    assert len(set(items)) == len(items)
    held = [row[2] for row in rows]
    assert [text for text in held if not (NAMED.search(text) or text.startswith("not yet: "))] == []


def test_every_legitimate_interest_is_weighed() -> None:
    """Each entry of the data map with that basis stands in one table, in the map's words."""
    rows = tables(read("legitimate-interests.md"), "| entry | holds | form | kept |")
    told = [" | ".join(row) for row in rows]
    mapped = [f"`{name}` | {e.holds} | {e.form} | {e.kept}" for name, e in interests().items()]
    assert sorted(told) == sorted(mapped)


@pytest.mark.parametrize("table", sorted({re.split(r"[.:]", name)[0] for name in interests()}))
def test_every_weighing_has_its_three_steps(table: str) -> None:
    """Interest, need and balance stand above the table's entries, and an outcome below them."""
    sections = re.split(r"^## ", read("legitimate-interests.md"), flags=re.MULTILINE)
    (section,) = [each for each in sections if f"| `{table}." in each]
    steps = ("**Interest.**", "**Needed?**", "**Balance.**", "**Outcome as far", "your outcome")
    assert [step for step in steps if step not in section] == []


@pytest.mark.parametrize("paper", PAPERS[1:])
def test_what_only_the_controller_knows_is_marked(paper: str) -> None:
    """The program fills in what it knows, and says where it does not."""
    assert " ".join(read(paper).split()).count(TO_FILL_IN) > 3


def test_what_is_said_of_meta_awaits_a_lawyer() -> None:
    """The role of Meta is marked for legal review, in the table and over its whole section."""
    text = read("processors.md")
    (row,) = [line for line in text.splitlines() if line.startswith("| Meta |")]
    assert "marked for legal review" in row
    section = text.split("\n## Meta\n", maxsplit=1)[1].lstrip()
    assert section.startswith("**For legal review: all of this section.**")


@pytest.mark.parametrize("page", ["README.md", "SECURITY.md"])
def test_every_paper_is_found(page: str) -> None:
    """Whoever reads the front page, or that on security, is led to each paper."""
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [paper for paper in PAPERS if f"(docs/{paper})" not in text] == []
