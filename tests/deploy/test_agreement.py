"""Ports, paths, accounts and variables of the deployment's files are those of the program."""

import re
import subprocess
import tomllib
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from bot.inbound.webhook import PATH
from bot.settings import load_settings
from bot.settings.sections import MetricsAddress, Server
from bot.settings.storing import Keys, Storage
from tests.deploy.places import (
    CADDYFILE,
    COMPOSE,
    DEPLOY,
    ROOT,
    UNIT,
    WRAPPER,
    caddy_paths,
    instructions,
)
from tests.kit.confined import values

HOME = "/var/lib/chatmagico"
PROGRAM = "/opt/chatmagico/.venv/bin/chatmagico"
EXAMPLE = tomllib.loads((ROOT / "config.example.toml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]


def test_caddy_hands_on_to_where_the_bot_listens() -> None:
    """Without a word the proxy asks the settings' default address, under the example's name."""
    text = CADDYFILE.read_text(encoding="utf-8")
    assert f"{{$CHATMAGICO_UPSTREAM:{Server().host}:{Server().port}}}" in text
    assert f"\n{EXAMPLE['server']['public_url'].removeprefix('https://')} {{\n" in text
    assert EXAMPLE["server"]["trusted_proxies"] == [f"{Server().host}/32"]
    for file in (CADDYFILE, ROOT / "docs/deploy/compose.yaml"):
        assert str(MetricsAddress().port) not in file.read_text(encoding="utf-8"), file


def test_caddy_hands_on_every_page_there_is() -> None:
    """The paths that are public are those that the bot has, no more and no fewer."""
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "bot/pages").glob("*.py")]
    paths = {PATH, *re.findall(r"web\.(?:get|post)\(\s*\"(/[^\"]+)\"", "".join(sources))}
    assert "/unsubscribe/{token}" in paths
    theirs = {re.sub(r"\{\w+\}$", "*", path) for path in paths - {"/{rest:.*}"}}
    assert set(caddy_paths()) == theirs


def test_unit_wrapper_and_image_run_the_same_program_in_the_same_folder() -> None:
    """Program, folder, configuration and account are the same, however the bot is run."""
    said = dict(instructions())
    environment = dict(rest.split("=", 1) for word, rest in instructions() if word == "ENV")
    wrapper = WRAPPER.read_text(encoding="utf-8")
    assert values(UNIT, "ExecStart") == [f"{PROGRAM} serve"]
    assert (said["ENTRYPOINT"], said["CMD"]) == (f'["{PROGRAM}"]', '["serve"]')
    assert wrapper.splitlines()[-1] == f'exec runuser -u chatmagico -- {PROGRAM} "$@"'
    assert values(UNIT, "User") == values(UNIT, "Group") == ["chatmagico"]
    assert values(UNIT, "WorkingDirectory") == [said["WORKDIR"]] == [HOME]
    assert values(UNIT, "StateDirectory") == [Path(HOME).name]
    assert f"cd {HOME} " in wrapper
    config = f"CHATMAGICO_CONFIG={HOME}/config.toml"
    assert values(UNIT, "Environment") == [config]
    assert environment["CHATMAGICO_CONFIG"] == f"{HOME}/config.toml"
    assert f"export {config}\n" in wrapper


def test_what_the_bot_writes_lies_in_its_own_folder() -> None:
    """The settings' defaults lead into the one folder that the unit leaves writable."""
    defaults = [Storage().url, Keys().url, str(Storage().tombstones), str(Keys().file)]
    paths = [default.removeprefix("sqlite+aiosqlite:///") for default in defaults]
    assert not [path for path in paths if path.startswith("/")]
    assert values(UNIT, "ProtectSystem") == ["strict"]
    assert values(UNIT, "ReadWritePaths") == []


def test_the_wrapper_is_a_program() -> None:
    """A shell takes the wrapper, and it may be executed."""
    assert WRAPPER.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", str(WRAPPER)], check=True)  # noqa: S603, S607 - our own file


def test_every_container_is_closed() -> None:
    """None of them is root's, writes outside its folders, or can gain rights."""
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
        user = service.get("user") or dict(instructions())["USER"]
        assert not user.startswith(("0", "root")), name


def test_only_caddy_is_reached_from_outside() -> None:
    """No other port is published, and the databases have no network at all."""
    assert {name: one["ports"] for name, one in SERVICES.items() if "ports" in one} == {
        "caddy": ["80:80", "443:443"]
    }
    for name in ("data", "keys"):
        assert SERVICES[name]["network_mode"] == "none"
        assert SERVICES[name]["command"][-1] == "listen_addresses="


def test_everything_a_container_names_exists() -> None:
    """Services, volumes, networks, secrets and files that compose names are there, and used."""
    used: dict[str, set[str]] = {"volumes": set(), "networks": set(), "secrets": set()}
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", ())) <= set(SERVICES), name
        used["networks"] |= set(service.get("networks", ()))
        used["secrets"] |= set(service.get("secrets", ()))
        sources = {mounted.split(":")[0] for mounted in service["volumes"]}
        used["volumes"] |= {source for source in sources if not source.startswith("./")}
    for kind, names in used.items():
        assert names == set(COMPOSE[kind]), kind
    for database in ("data", "keys"):
        (secret,) = SERVICES[database]["secrets"]
        file = SERVICES[database]["environment"]["POSTGRES_PASSWORD_FILE"]
        assert file == f"/run/secrets/{secret}"
    build = SERVICES["bot"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    assert (DEPLOY / SERVICES["caddy"]["volumes"][0].split(":")[0]).is_file()


def test_every_image_names_its_version() -> None:
    """What is fetched is pinned to a tag, not to whatever is newest; our own is built here."""
    for name, service in SERVICES.items():
        image, _, tag = service["image"].partition(":")
        assert (tag and tag != "latest") or (name, image) == ("bot", "chatmagico"), name


def test_every_database_is_waited_for() -> None:
    """The bot starts once the two servers say that they are ready, and each says so."""
    waited = SERVICES["bot"]["depends_on"]
    assert waited == {name: {"condition": "service_healthy"} for name in ("data", "keys")}
    assert [name for name in waited if "healthcheck" not in SERVICES[name]] == []


def test_the_containers_find_each_other() -> None:
    """Caddy asks the bot, and the bot believes Caddy alone, whose address nothing else is given."""
    (network,) = COMPOSE["networks"]["edge"]["ipam"]["config"]
    caddy = SERVICES["caddy"]["networks"]["edge"]["ipv4_address"]
    assert ip_address(caddy) in ip_network(network["subnet"])
    assert ip_address(caddy) not in ip_network(network["ip_range"])
    assert ip_network(network["ip_range"]).subnet_of(ip_network(network["subnet"]))
    assert caddy != network["gateway"]
    assert SERVICES["bot"]["networks"] == ["edge"]
    assert SERVICES["caddy"]["environment"] == {"CHATMAGICO_UPSTREAM": f"bot:{Server().port}"}
    assert SERVICES["bot"]["environment"]["CHATMAGICO_SERVER__TRUSTED_PROXIES"] == f"{caddy}/32"


def test_the_containers_settings_are_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example's settings, filled in, under compose's variables, are good in production."""
    for name, value in SERVICES["bot"]["environment"].items():
        monkeypatch.setenv(name, value)
    config = tmp_path / "config.toml"
    config.write_text(_filled_in(), encoding="utf-8")
    settings = load_settings(config)
    assert settings.is_production
    assert settings.server.host == "0.0.0.0"  # noqa: S104 - the container's own
    assert settings.storage.url.endswith("/chatmagico?host=/run/postgresql/data")
    assert str(settings.keys.file).startswith("keys/")


def _filled_in() -> str:
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    for example, own in {
        "100000000000001": "424242",
        "100000000000002": "555000111",
        "Example": "Garden",
        "example.org": "garden-club.test",
        '# app_secret = ""': 'app_secret = "0c1d2e3f4a5b6978877665544332211f"',
        '# verify_token = ""': 'verify_token = "kd83hfn20vmq71bz"',
        '# access_token = ""': 'access_token = "kd83hfn20vmq71bzx95jw6"',
    }.items():
        text = text.replace(example, own)
    return text


def test_the_guide_installs_as_the_image_does() -> None:
    """What docs/go-live.md types is what the Dockerfile runs, to the last option."""
    guide = (ROOT / "docs/go-live.md").read_text(encoding="utf-8")
    installing = [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest]
    for line in installing:
        typed = line.replace("/opt/chatmagico/", "").replace(" --no-cache-dir", "")
        assert f"\n{typed}\n" in guide, typed
    for place in (HOME, "/etc/systemd/system/chatmagico.service", "/usr/local/bin/chatmagico"):
        assert f" {place}\n" in guide


def test_the_guide_makes_what_the_containers_mount() -> None:
    """Folders, passwords and their owners are made as the compose file wants them."""
    guide = (ROOT / "docs/go-live.md").read_text(encoding="utf-8")
    bot, data = dict(instructions())["USER"], SERVICES["data"]["user"]
    assert f"\nchown -R {bot} state caddy\n" in guide
    assert f"\nchown {data} data.password keys.password\n" in guide
    files = {secret["file"] for secret in COMPOSE["secrets"].values()}
    assert files == {"./data.password", "./keys.password"}
    for name in ("data", "keys"):
        database = SERVICES[name]["environment"]["POSTGRES_DB"]
        assert f'\necho "*:*:{database}:*:$(cat {name}.password)" >' in guide
    mounted = SERVICES["bot"]["volumes"][0], SERVICES["caddy"]["volumes"][1]
    assert mounted == (f"./state:{HOME}", "./caddy:/data")
    passwords = SERVICES["bot"]["environment"]["PGPASSFILE"]
    assert passwords.replace(HOME, "state") in guide
