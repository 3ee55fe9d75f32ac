"""The Dockerfile's steps, run in a clean folder, make a bot that works."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from aiohttp import web

from bot.cli import VERSION
from bot.health import Health, health_app
from tests.deploy.places import COMPOSE, DEPLOY, ROOT, instructions
from tests.kit.deployment import Databases
from tests.kit.dockerfile import build
from tests.kit.ports import free_port
from tests.kit.process import write_config


def said(word: str) -> list[str]:
    """List what follows a word, over all stages."""
    return [rest for found, rest in instructions() if found == word]


def test_the_image_is_not_roots() -> None:
    """The bot's account is a number, which a cluster can compare, and not root's."""
    (user,) = said("USER")
    uid, gid = map(int, user.split(":"))
    assert min(uid, gid) >= 10_000
    assert f"--uid {uid} --gid {gid}" in " ".join(said("RUN"))


def test_every_package_comes_by_its_hash() -> None:
    """Whatever pip fetches is held against the lock files; what it builds is our own folder."""
    installing = [line for line in said("RUN") if "pip install" in line]
    assert len(installing) == 3
    for line in installing:
        assert "--require-hashes -r requirements" in line or line.endswith("--no-deps ."), line


def test_nothing_of_a_deployment_gets_into_the_image() -> None:
    """The builder is handed what the steps copy and nothing else: everything is shut out first."""
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {line.removeprefix("!") for line in rules if line.startswith("!")}
    copied = {
        name
        for line in said("COPY")
        if not line.startswith("--from=")
        for name in line.split()[:-1]
    }
    assert let_in == copied
    assert COMPOSE["services"]["bot"]["build"] == {
        "context": "../..",
        "dockerfile": "docs/deploy/Dockerfile",
    }


@pytest.mark.soak
def test_the_steps_make_a_bot_that_works(tmp_path: Path) -> None:
    """From lock files to a bot: installed, its version told, its check passed, in a folder alone.

    The packages come through pip, as wherever an image is built.
    """
    image = build(instructions(), context=ROOT, folder=tmp_path)
    assert [line.split()[0] for line in image.left_out] == ["apt-get", "groupadd"]
    (program,) = json.loads(image.said["ENTRYPOINT"])
    assert image.run(f"{program} --version").stdout == f"chatmagico {VERSION}\n"
    config = image.environment["CHATMAGICO_CONFIG"]
    place = image.inside(config)
    databases = Databases.sqlite(place.parent)
    write_config(databases, graph_url="http://127.0.0.1:9/graph", port=8080, name=place.name)
    for command in ("db upgrade", "check --offline"):
        done = image.run(f"{program} {command}")
        assert done.returncode == 0, done.stderr
    assert "All is well." in done.stdout


@pytest.mark.parametrize("is_ready", [True, False])
async def test_the_image_asks_how_the_bot_is(is_ready: bool) -> None:  # noqa: FBT001 - pytest hands it in
    """The image's own question ends well while webhooks are kept, and badly otherwise."""

    async def report() -> Health:
        return Health(is_started=True, is_database_reachable=is_ready)

    runner = web.AppRunner(health_app(report, exposition=bytes))
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    asking = json.loads(said("HEALTHCHECK")[0].partition("CMD ")[2])
    question = [word.replace(":8081/", f":{port}/") for word in asking[1:]]
    asked = await asyncio.create_subprocess_exec(
        sys.executable, *question, stderr=asyncio.subprocess.DEVNULL
    )
    assert (await asked.wait() == 0) is is_ready
    await runner.cleanup()
