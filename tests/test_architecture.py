"""The structure: who may import whom, where each library lives, and how large a file may be."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "flows", "storage")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.py"))
EVERYTHING = SOURCES + TESTS + BENCHMARKS

#: Where each library may be imported; nowhere else.
HOMES = {
    "aiohttp": ("bot/",),
    "aiosmtplib": ("bot/outbound/mail.py",),
    "aiosqlite": ("storage/db/",),
    "alembic": ("storage/db/",),
    "apscheduler": ("bot/jobs/scheduler.py",),
    "asyncpg": ("storage/db/",),  # SQLAlchemy loads it, by its name in the address
    "babel": ("flows/locales/", "bot/pages/"),
    "cryptography": ("storage/vault/",),
    "email_validator": ("bot/details/values.py",),
    "phonenumbers": ("bot/details/values.py",),
    "prometheus_client": ("bot/metrics.py",),
    "pymessenger": ("bot/outbound/messenger.py",),
    "pyotp": ("bot/admins/totp.py",),
    "segno": ("bot/qr.py",),
    "sqlalchemy": ("storage/",),
}
#: The only places that may look at the machine's clock; all others are told the time.
CLOCKS = (
    "bot/clock.py",
    "bot/logs.py",
    "bot/simulator/",
    "bot/jobs/scheduler.py",  # APScheduler itself goes by the machine's clock
)
LOOKS_AT_CLOCK = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}
MAX_LINES = 300
EMPTY_NAMES = ("utils", "util", "common", "manager", "helper", "helpers", "misc", "base")
MOCKS = {"mock", "unittest", "pytest_mock", "aioresponses", "responses", "requests_mock", "respx"}


def place(path: Path) -> str:
    """Return a file's place in the repository."""
    return path.relative_to(ROOT).as_posix()


def named(path: Path) -> str:
    """Return the name under which a file is imported."""
    return place(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


MODULES = {named(path): path for path in SOURCES}


@cache
def tree(path: Path) -> ast.Module:
    """Parse a file, once."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(node: ast.AST, package: str) -> Iterator[str]:
    """Yield the full names that one statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        above = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*above, node.module or ""] if node.level else [node.module or ""])
        yield from (f"{base.strip('.')}.{alias.name}" for alias in node.names)


def imports(path: Path, *, lazy_too: bool = True) -> set[str]:
    """Return what a file imports; without the lazy ones, what it imports when it is loaded."""
    package = named(path) if path.name == "__init__.py" else named(path).rpartition(".")[0]
    nodes = ast.walk(tree(path)) if lazy_too else at_load(tree(path))
    return {name for node in nodes for name in imported(node, package)}


def at_load(node: ast.AST) -> Iterator[ast.AST]:
    """Yield everything of a file but the bodies of its functions."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from at_load(child)


def of_ours(name: str) -> str | None:
    """Return the module of ours that an imported name comes from."""
    if name in MODULES:
        return name
    module = name.rpartition(".")[0]
    return module if module in MODULES else None


def calls(path: Path) -> Iterator[ast.Call]:
    """Yield every call in a file."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def dotted(node: ast.expr) -> tuple[str, str]:
    """Return the last two names of `a.b.c(`, empty where it is something else."""
    if not isinstance(node, ast.Attribute):
        return "", ""
    owner = node.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name, node.attr


@pytest.mark.parametrize(
    ("package", "others"), [("flows", {"bot", "storage"}), ("storage", {"bot", "flows"})]
)
def test_flows_and_storage_know_nobody(package: str, others: set[str]) -> None:
    """What is said and what is kept know neither each other nor who acts."""
    for path in (ROOT / package).rglob("*.py"):
        tops = {name.split(".")[0] for name in imports(path)}
        assert not tops & others, place(path)


def test_nobody_imports_in_a_circle() -> None:
    """Modules build on each other in one direction, also for the type checker."""
    graph = {
        name: {module for found in imports(path, lazy_too=False) if (module := of_ours(found))}
        - {name}
        for name, path in MODULES.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(f"in a circle: {' -> '.join(reversed(circle.args[1]))}")


@pytest.mark.parametrize("library", HOMES)
def test_each_library_has_one_home(library: str) -> None:
    """A library can be exchanged in the place that imports it, and nowhere else."""
    users = [
        place(path) for path in SOURCES if library in {name.split(".")[0] for name in imports(path)}
    ]
    assert [user for user in users if not user.startswith(HOMES[library])] == []
    assert users or library == "asyncpg", "nobody uses it: drop it here"


def test_flows_need_nothing_but_python() -> None:
    """What is said is made with the standard library; Babel refreshes catalogues, by hand."""
    allowed = {*sys.stdlib_module_names, "flows"}
    for path in (ROOT / "flows").rglob("*.py"):
        if not place(path).startswith("flows/locales/"):
            assert {name.split(".")[0] for name in imports(path)} <= allowed, place(path)


def test_no_file_is_longer_than_a_sitting() -> None:
    """A file has at most 300 lines: one idea each."""
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in EVERYTHING}
    assert [place(path) for path, count in lines.items() if count > MAX_LINES] == []


def test_every_file_is_named_for_what_is_in_it() -> None:
    """No file or folder has a name under which anything could stand."""
    for path in EVERYTHING:
        parts = path.relative_to(ROOT).parts
        words = {word for part in parts for word in part.split(".")[0].split("_")}
        assert not words & set(EMPTY_NAMES), place(path)


def test_time_is_told_not_looked_up() -> None:
    """Only the clock looks at the clock, so that a test can move it for all."""
    others = [path for path in SOURCES if not place(path).startswith(CLOCKS)]
    for path in others:
        looks = [call.lineno for call in calls(path) if dotted(call.func) in LOOKS_AT_CLOCK]
        assert looks == [], place(path)


def test_tests_pretend_nothing() -> None:
    """Tests speak to real servers and real databases: nothing is mocked or patched."""
    patched = {"setattr", "setitem", "delattr"}
    for path in TESTS:
        assert not {name.split(".")[0] for name in imports(path)} & MOCKS, place(path)
        for call in calls(path):
            owner, name = dotted(call.func)
            assert not (owner == "monkeypatch" and name in patched), (place(path), call.lineno)


def test_certificates_are_always_checked() -> None:
    """No line to anywhere is opened without checking who is at its other end."""
    for path in EVERYTHING:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.keyword) and node.arg in {"ssl", "verify", "verify_ssl"}:
                is_off = isinstance(node.value, ast.Constant) and node.value.value is False
                assert not is_off, place(path)
            if isinstance(node, ast.Attribute):
                unchecked = {"CERT_NONE", "_create_unverified_context"}
                assert node.attr not in unchecked, place(path)


def test_faults_are_caught_at_named_places_only() -> None:
    """Whoever catches everything says on that line why it is the place to do so."""
    for path in SOURCES:
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            assert node.type is not None, f"bare except in {place(path)}, line {node.lineno}"
            if getattr(node.type, "id", "") == "Exception":
                assert "boundary" in lines[node.lineno - 1], f"{place(path)}, line {node.lineno}"


def test_the_check_sees_a_breach() -> None:
    """The rules above look at what they say they do: lazy and relative imports included."""
    source = """
from ..errors import Gone
if TYPE_CHECKING:
    import flows.kit
def lazy():
    import bot
"""
    nodes = list(ast.walk(ast.parse(source)))
    found = {name for node in nodes for name in imported(node, "storage.db")}
    assert found == {"storage.errors.Gone", "flows.kit", "bot"}
    loaded = [node for node in at_load(ast.parse(source)) if isinstance(node, ast.Import)]
    assert [alias.name for node in loaded for alias in node.names] == ["flows.kit"]
