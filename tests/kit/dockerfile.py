"""Goes through a Dockerfile's steps in a clean folder, where there is no Docker.

What a step does to the image's own system (packages of Debian, accounts) is left out and listed:
it needs root, and would change the machine that runs the tests.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

_OF_THE_SYSTEM = ("apt-get", "groupadd")
#: Instructions that only describe the image; `Image` keeps what they say.
_WORDS = ("USER", "HEALTHCHECK", "ENTRYPOINT", "CMD")
#: How this machine reaches the packages is not the image's business, and is handed on.
_WAY_OUT = re.compile(r"PIP_|SSL_|REQUESTS_|(https?|no)_proxy$", re.IGNORECASE)


@dataclass
class Image:
    """What an image would hold, below a folder that takes the place of its root."""

    root: Path
    workdir: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def inside(self, path: str) -> Path:
        """Return where a path of the image is on this machine."""
        return self.root / (Path(self.workdir) / path).relative_to("/")

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command line as in the image: its folders become those below the root."""
        line = command.replace("/opt/", f"{self.root}/opt/").replace("/var/", f"{self.root}/var/")
        known = {name: value for name, value in os.environ.items() if _WAY_OUT.match(name)}
        own = {
            name: value.replace("/var/", f"{self.root}/var/")
            for name, value in self.environment.items()
        }
        return subprocess.run(  # noqa: S602 - our own Dockerfile, which is a shell's text
            line,
            shell=True,
            cwd=self.inside("."),
            env=known | own | {"PATH": f"{self.root}/bin:/usr/bin:/bin", "HOME": str(self.root)},
            capture_output=True,
            text=True,
            check=False,
        )


def build(steps: list[tuple[str, str]], *, context: Path, folder: Path) -> Image:
    """Go through all stages and return the last one."""
    stages: dict[str, Image] = {}
    image = Image(folder)
    for word, rest in steps:
        if word == "FROM":
            name = rest.split(" AS ")[-1] if " AS " in rest else "last"
            image = stages[name] = _base(folder / name)
        elif word == "WORKDIR":
            image.workdir = rest
            image.inside(".").mkdir(parents=True, exist_ok=True)
        elif word == "COPY":
            _copy(image, rest.split(), context, stages)
        elif word == "ENV":
            image.environment |= dict([rest.split("=", 1)])
        elif word == "RUN":
            _run(image, rest)
        else:
            assert word in _WORDS, f"a step that is not known here: {word}"
            image.said[word] = rest
    return image


def _base(root: Path) -> Image:
    """Return an image that has a Python and nothing else."""
    (root / "bin").mkdir(parents=True)
    (root / "bin" / "python").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    return Image(root)


def _copy(image: Image, words: list[str], context: Path, stages: dict[str, Image]) -> None:
    source = context
    if words[0].startswith("--from="):
        source = stages[words.pop(0).removeprefix("--from=")].root
    *names, target = words
    for name in names:
        found = source / name.lstrip("/")
        place = image.inside(target)
        if found.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(found, place, symlinks=True, dirs_exist_ok=True, ignore=ignored)
        else:
            shutil.copy(found, place)


def _run(image: Image, command: str) -> None:
    if shlex.split(command)[0] in _OF_THE_SYSTEM:
        image.left_out.append(command)
        return
    done = image.run(command)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
