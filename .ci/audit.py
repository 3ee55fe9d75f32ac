"""Ask pip-audit about every pinned package, and say how far it could look.

Exits with 1 where a vulnerability is known. Packages that could not be looked up are counted and
said: they are no failure, and no proof of health either.
"""

# A script, no package (INP001), and its terminal is where it speaks (T201).
# ruff: noqa: INP001, T201

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LOCK = Path(__file__).parents[1] / "requirements-dev.lock"
_ASK = ("--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json")


def main() -> int:
    """Print what is known and return the exit code."""
    with TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), *_ASK, "-o", str(report)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        packages = json.loads(report.read_text())["dependencies"] if report.exists() else []
    if not packages:
        print(
            "audit: pip-audit could not reach its data, nothing was audited:", _last(ended.stderr)
        )
        return 0
    return _tell(packages)


def _tell(packages: list[dict[str, Any]]) -> int:
    skipped = [package for package in packages if "skip_reason" in package]
    known = [(package, bug) for package in packages for bug in package.get("vulns", ())]
    for package, bug in known:
        fixed = ", ".join(bug["fix_versions"]) or "no version yet"
        print(f"audit: {package['name']} {package['version']}: {bug['id']}, fixed in {fixed}")
    if skipped:
        print(f"audit: {len(skipped)} of {len(packages)} packages could not be looked up")
    print(f"audit: {len(packages) - len(skipped)} packages audited, {len(known)} known weaknesses")
    return 1 if known else 0


def _last(text: str) -> str:
    return next(reversed(text.strip().splitlines()), "it said nothing")


if __name__ == "__main__":
    sys.exit(main())
