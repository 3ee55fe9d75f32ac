"""The databases of the compose file: reached by a socket, with a password out of a file."""

import secrets
import subprocess
import sys
from pathlib import Path

import pytest
import tomli_w

from storage.vault.secrets import FileSecrets
from tests.deploy.places import COMPOSE, ROOT
from tests.kit.deployment import Databases, raw_settings
from tests.kit.postgres import PostgresServer

pytestmark = pytest.mark.long

SERVICES = COMPOSE["services"]
BOT = SERVICES["bot"]["environment"]
PASSWORDS = {name: secrets.token_hex(16) for name in ("data", "keys")}


async def ask_for_passwords(server: PostgresServer) -> None:
    """Give each database of the compose file an account, whose password the socket asks for."""
    assert "--auth-local=scram-sha-256" in SERVICES["data"]["environment"]["POSTGRES_INITDB_ARGS"]
    rules = Path(server.socket_folder) / "pg_hba.conf"
    for name, password in PASSWORDS.items():
        database = SERVICES[name]["environment"]["POSTGRES_DB"]
        # Both have one account name, on two servers; here is one server, so the names differ.
        await server.run(f"CREATE ROLE {name}_account LOGIN PASSWORD '{password}'")
        await server.run(f"CREATE DATABASE {database} OWNER {name}_account")
        rule = f"local {database} {name}_account scram-sha-256\n"
        rules.write_text(rule + rules.read_text(encoding="utf-8"), encoding="utf-8")
    await server.run("SELECT pg_reload_conf()")


def write_config(folder: Path, server: PostgresServer) -> Path:
    """Write a configuration with compose's addresses, led to the test's socket and accounts."""
    (folder / "keys").mkdir()
    FileSecrets(folder / "keys" / "keys.secret").create()
    raw = raw_settings(Databases.sqlite(folder), graph_url="http://127.0.0.1:9", port=8080)
    for section, name in (("storage", "data"), ("keys", "keys")):
        url = BOT[f"CHATMAGICO_{section.upper()}__URL"]
        url = url.replace(f"/run/postgresql/{name}", server.socket_folder)
        raw[section]["url"] = url.replace("//chatmagico@", f"//{name}_account@")
    config = folder / "config.toml"
    config.write_text(tomli_w.dumps(raw), encoding="utf-8")
    return config


def upgrade(config: Path, pgpass: Path) -> subprocess.CompletedProcess[str]:
    """Run `db upgrade` with passwords from a file."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", "--config", str(config), "db", "upgrade"],
        cwd=ROOT,
        env={"PGPASSFILE": str(pgpass), "HOME": str(config.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def pgpass(tmp_path: Path) -> Path:
    """Write the file as docs/go-live.md says."""
    file = tmp_path / "pgpass"
    lines = [
        f"*:*:{SERVICES[name]['environment']['POSTGRES_DB']}:*:{password}\n"
        for name, password in PASSWORDS.items()
    ]
    file.write_text("".join(lines), encoding="utf-8")
    file.chmod(0o600)
    return file


async def test_the_bot_takes_its_passwords_from_the_file(
    postgres_server: PostgresServer, tmp_path: Path, pgpass: Path
) -> None:
    """With the file both databases open; without it they do not."""
    await ask_for_passwords(postgres_server)
    config = write_config(tmp_path, postgres_server)
    done = upgrade(config, pgpass)
    assert done.returncode == 0, done.stderr
    refused = upgrade(config, tmp_path / "no-such-file")
    assert refused.returncode == 2
    assert not [password for password in PASSWORDS.values() if password in refused.stderr]
