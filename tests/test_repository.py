"""The repository: what is in it works on any machine, and fetches from nowhere by itself."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
THIS = Path(__file__)

#: Hosts from which packages come; whoever installs says which one, the repository does not.
REGISTRIES = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "unpkg" + ".com",
    "jsdelivr" + ".net",
    "cdnjs" + ".cloudflare.com",
    "crates" + ".io",
    "docker" + ".io",
    "ghcr" + ".io",
    "quay" + ".io",
    "rubygems" + ".org",
    "anaconda" + ".org",
    "proxy.golang" + ".org",
    "registry.yarnpkg" + ".com",
)
#: Folders that exist on the machine of whoever wrote a file, and on no other.
MACHINES = re.compile(r"(?<![\w.])(/(home|Users|root|work|mnt)/\w|[A-Z]:\\\\?Users)")
INDEX_OPTION = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host|index-url\s*=")
SECRET = re.compile(
    r"EAA[A-Za-z0-9]{40,}"  # a Page's access token
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)


@cache
def tracked() -> tuple[Path, ...]:
    """List the files of the repository; in an unpacked archive, all there are."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - the machine's own git
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    found = (ROOT / name for name in listed if name)
    return tuple(sorted(path for path in found if path.is_file()))


@cache
def texts() -> dict[str, str]:
    """Read every file that is text."""
    read: dict[str, str] = {}
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content and path != THIS:
            read[path.relative_to(ROOT).as_posix()] = content.decode("utf-8")
    return read


def where(pattern: re.Pattern[str]) -> list[str]:
    """List the lines in which a pattern is found."""
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_registry() -> None:
    """No host from which packages come stands in any file, lock files included."""
    assert where(re.compile("|".join(map(re.escape, REGISTRIES)))) == []


def test_no_lock_file_says_where_to_fetch() -> None:
    """Lock files hold packages, versions and hashes; where from is up to whoever installs."""
    found = [line for line in where(INDEX_OPTION) if re.match(r"requirements|pyproject", line)]
    assert found == []
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-build.lock"):
        assert "://" not in texts()[name], name


def test_no_file_names_a_folder_of_one_machine() -> None:
    """Nothing works only where it was written."""
    assert where(MACHINES) == []


def test_no_secret_is_in_the_repository() -> None:
    """No token and no private key stands in any file."""
    assert where(SECRET) == []


def test_nothing_that_was_made_by_running_is_tracked() -> None:
    """No database, log, key, cache or environment is part of the repository."""
    made = re.compile(
        r"\.(db|db-wal|db-shm|sqlite3?|log|pyc|secret|pem|key)$|(^|/)(\.env|\.venv)(/|$)"
    )
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    assert [name for name in names if made.search(name)] == []


def test_no_file_is_huge() -> None:
    """A checkout stays small: no file is over 1 MiB."""
    large = [path.name for path in tracked() if path.stat().st_size > 2**20]
    assert large == []


def test_every_text_is_utf_8_with_one_end() -> None:
    """Every line, the last one too, ends with a line feed and nothing else."""
    odd = [
        name for name, text in texts().items() if text and ("\r" in text or not text.endswith("\n"))
    ]
    assert odd == []


@pytest.mark.parametrize(
    "line",
    [
        "/ho" + "me/ann/bot",
        "path = '/Us" + "ers/ann'",
        "cd /wo" + "rk/bot",
        "C:\\Us" + "ers\\ann",
    ],
)
def test_the_search_sees_a_folder(line: str) -> None:
    """The search finds what it is there for."""
    assert MACHINES.search(line)
