"""A deployment of the bot for measuring: eight Pages, SQLite, everything on loopback."""

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.meta_app import (
    APP_ID,
    APP_SECRET,
    GRAPH_VERSION,
    PAGE_TOKEN,
    PAGES,
    VERIFY_TOKEN,
)
from storage.vault.secrets import FileSecrets

_SETTINGS: Final = """\
environment = "development"

[server]
port = {port}
public_url = "http://127.0.0.1:{port}"

[messenger]
app_id = "{app_id}"
app_secret = "{app_secret}"
verify_token = "{verify_token}"
graph_url = "{graph_url}"
graph_version = "{graph_version}"

[controller]
name = "Garden Club"
email = "club@example.org"

[languages]
default = "en"
offered = ["en", "de"]

[[purposes]]
id = "news"
class = "marketing"
title = "Club news"
text = "News about events, about twice a month."
de = {{ title = "Neuigkeiten", text = "Neues zu Treffen, etwa zweimal im Monat." }}

[age]
minimum = 0

[storage]
url = "sqlite+aiosqlite:///{folder}/data/chatmagico.db"
tombstones = "{folder}/keys/tombstones"

[keys]
url = "sqlite+aiosqlite:///{folder}/keys/keys.db"
file = "{folder}/keys/keys.secret"

[metrics]
port = {metrics_port}
"""
_PAGE: Final = """
[[pages]]
id = "{page}"
name = "Garden Club"
access_token = "{token}"
"""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where it stands and where it listens."""

    config: Path
    port: int


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def prepare(folder: Path, *, graph_url: str) -> Deployment:
    """Write settings and secrets into an empty folder."""
    port = free_port()
    settings = _SETTINGS.format(
        port=port,
        metrics_port=free_port(),
        folder=folder,
        graph_url=graph_url,
        graph_version=GRAPH_VERSION,
        app_id=APP_ID,
        app_secret=APP_SECRET,
        verify_token=VERIFY_TOKEN,
    )
    pages = "".join(_PAGE.format(page=page, token=PAGE_TOKEN) for page in PAGES)
    config = folder / "config.toml"
    config.write_text(settings + pages)
    FileSecrets(folder / "keys" / "keys.secret").create()
    return Deployment(config, port)
