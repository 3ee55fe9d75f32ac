"""The files of `docs/deploy`, read."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
CADDYFILE = DEPLOY / "Caddyfile"
UNIT = DEPLOY / "chatmagico.service"
WRAPPER = DEPLOY / "chatmagico"
DOCKERFILE = DEPLOY / "Dockerfile"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def instructions() -> list[tuple[str, str]]:
    """List the Dockerfile's instructions, each with its word."""
    lines = DOCKERFILE.read_text(encoding="utf-8").splitlines()
    return [
        (line.split(maxsplit=1)[0], line.split(maxsplit=1)[1])
        for line in lines
        if line and not line.startswith("#")
    ]


def caddy_paths() -> list[str]:
    """List the paths that Caddy hands on."""
    (found,) = re.findall(r"@public path (.+)", CADDYFILE.read_text(encoding="utf-8"))
    return str(found).split()
