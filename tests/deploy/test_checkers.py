"""Caddyfile and unit pass their own checkers; where those are missing, the tests say so."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.places import CADDYFILE, UNIT

#: systemd counts from 0, closed, to 10, open; a service that must reach the internet has some.
MOST_EXPOSED = 1.5

needs_caddy = pytest.mark.skipif(
    shutil.which("caddy") is None, reason="caddy is not installed (Debian: apt-get install caddy)"
)
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="systemd-analyze is not installed (Debian: apt-get install systemd)",
)


def run(*command: str, folder: Path) -> tuple[int, str]:
    """Run a checker and return its exit code and everything it says."""
    done = subprocess.run(  # noqa: S603 - a checker, with our own files
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder)},
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Return the unit as on a server on which the program stands in its place."""
    program = tmp_path / "chatmagico"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    text = UNIT.read_text(encoding="utf-8")
    copy = tmp_path / UNIT.name
    copy.write_text(
        text.replace("/opt/chatmagico/.venv/bin/chatmagico", str(program)), encoding="utf-8"
    )
    return copy


@needs_caddy
def test_caddy_takes_its_file(tmp_path: Path) -> None:
    """`caddy validate` takes the Caddyfile."""
    validate = ("caddy", "validate", "--config", str(CADDYFILE), "--adapter", "caddyfile")
    code, said = run(*validate, folder=tmp_path)
    assert (code, "Valid configuration" in said) == (0, True), said


@needs_systemd
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    """`systemd-analyze verify` finds nothing to say about the unit."""
    assert run("systemd-analyze", "verify", str(unit), folder=tmp_path) == (0, "")


@needs_systemd
def test_the_unit_is_closed(unit: Path, tmp_path: Path) -> None:
    """`systemd-analyze security` counts hardly any way out of the service."""
    security = ("systemd-analyze", "security", "--offline=true", str(unit))
    _, said = run(*security, folder=tmp_path)
    (exposed,) = re.findall(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert float(exposed) <= MOST_EXPOSED
