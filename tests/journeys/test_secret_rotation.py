"""Secrets shared with Messenger change while the bot runs, and no webhook is lost or refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from typer.testing import CliRunner

from bot.app import running
from bot.cli import app
from bot.clock import MovableClock
from bot.serving import Bot
from bot.settings import parse_settings
from bot.simulator import Simulator
from bot.simulator.postman import signature
from storage.vault.secrets import FileSecrets
from tests.kit.chat import Chat
from tests.kit.deployment import (
    APP_SECRET,
    PAGE,
    PAGES,
    VERIFY_TOKEN,
    Databases,
    free_port,
    messenger_for,
    raw_settings,
)
from tests.kit.patience import PATIENCE_S

NEW_SECRET = "a-new-app-secret-that-tests-use-0002"
NEW_TOKEN = "a-page-token-of-tests-0003"


@dataclass
class House:
    """Bots whose secrets stand in files, and the command line beside them."""

    folder: Path
    simulator: Simulator
    clock: MovableClock
    raw: dict[str, Any]
    bots: list[Bot]

    async def runs(self, *arguments: str, typed: str = "") -> str:
        """Run a command as the operator does; return what it says."""
        config = self.folder / "config.toml"
        config.write_text(tomli_w.dumps(self.raw), encoding="utf-8")
        runner = CliRunner()
        ended = await asyncio.to_thread(
            runner.invoke, app, ["--config", str(config), *arguments], input=f"{typed}\n"
        )
        return f"{ended.exit_code} {ended.stdout}{ended.stderr}"

    async def learns(self) -> None:
        """Let every node read the files again, as SIGHUP does."""
        for bot in self.bots:
            await bot.learn_secrets()


@asynccontextmanager
async def house(databases: Databases, *, nodes: int = 1) -> AsyncIterator[House]:
    """Run a Messenger and bots with their secrets in files."""
    clock, ports = MovableClock(), [free_port() for _ in range(nodes)]
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(messenger_for(ports[0], clock))
        FileSecrets(databases.folder / "keys" / "keys.secret").create()
        raw = raw_settings(databases, graph_url=simulator.graph_url, port=ports[0])
        for name, secret in (("app_secret", APP_SECRET), ("verify_token", VERIFY_TOKEN)):
            raw["messenger"][f"{name}_file"] = _written(databases.folder / name, secret)
            del raw["messenger"][name]
        for page, table in zip(PAGES, raw["pages"], strict=True):
            table["access_token_file"] = _written(databases.folder / page.id, page.access_token)
            del table["access_token"]
        bots = []
        for port in ports:
            own = raw | {"server": {"port": port}, "metrics": {"port": free_port()}}
            bots.append(await stack.enter_async_context(running(parse_settings(own), clock)))
        yield House(databases.folder, simulator, clock, raw, bots)


def _written(file: Path, secret: str) -> str:
    file.write_text(secret, encoding="utf-8")
    return str(file)


class Traffic:
    """People who write one after the other, to one node after the other, until told to stop."""

    def __init__(self, running_house: House) -> None:
        self._house = running_house
        self._is_over = False
        self.statuses: list[int] = []
        self.chats: list[Chat] = []

    async def run(self) -> None:
        """Let somebody new write, again and again."""
        simulator = self._house.simulator
        while not self._is_over:
            chat = Chat(simulator, simulator.add_person(PAGE))
            bot = self._house.bots[len(self.chats) % len(self._house.bots)]
            simulator.postman.webhook_url = f"http://127.0.0.1:{bot.port}/webhook"
            posted = await simulator.say(chat.psid, "help")
            self.statuses.append(posted.status if posted.attempts == 1 else -posted.attempts)
            self.chats.append(chat)

    async def end(self, after: int) -> None:
        """Let so many more people write; then see that nothing was refused and all have answers."""
        enough = len(self.chats) + after
        async with asyncio.timeout(PATIENCE_S):
            while len(self.chats) < enough:  # noqa: ASYNC110 - others go on meanwhile
                await asyncio.sleep(0.01)
        self._is_over = True

    async def is_whole(self) -> None:
        """Fail where a webhook was refused, or somebody has no answer."""
        assert set(self.statuses) == {200}
        for chat in self.chats:
            await chat.hears()


async def _changes_under_traffic(running_house: House) -> None:
    simulator, traffic = running_house.simulator, Traffic(running_house)
    writing = asyncio.create_task(traffic.run())
    told = await running_house.runs("rotate", "app-secret", typed=NEW_SECRET)
    assert told.startswith("0 ")
    assert "calls go on with the one before" in told
    await running_house.learns()
    simulator.change_app_secret(NEW_SECRET)
    told = await running_house.runs("rotate", "verify-token")
    token = told.split()[-1]
    await running_house.learns()
    assert await simulator.verify()  # still with the old one
    simulator.postman.verify_token = token
    assert await simulator.verify()
    await traffic.end(after=10)
    await writing
    await traffic.is_whole()


async def test_app_secret_and_verify_token_change_under_traffic(
    databases: Databases,
) -> None:
    """While people write, both are changed here and at Messenger: nothing is refused or lost."""
    async with house(databases) as running_house:
        await _changes_under_traffic(running_house)


async def test_two_nodes_follow_a_change_under_traffic(postgres_databases: Databases) -> None:
    """On PostgreSQL every node takes the new secrets from the files, without a restart."""
    async with house(postgres_databases, nodes=2) as running_house:
        await _changes_under_traffic(running_house)


async def test_the_old_secret_counts_until_its_time_is_over(databases: Databases) -> None:
    """In the overlap both sign; after it the old one is refused, and is on no disk any more."""
    async with house(databases) as running_house:
        simulator, clock = running_house.simulator, running_house.clock
        await running_house.runs("rotate", "app-secret", "--overlap-hours", "2", typed=NEW_SECRET)
        body = b'{"object":"page","entry":[]}'
        for moved, old_status in ((timedelta(hours=1), 200), (timedelta(hours=1), 403)):
            clock.move(moved.total_seconds() + 1)
            await running_house.learns()
            for secret, status in ((APP_SECRET, old_status), (NEW_SECRET, 200)):
                simulator.change_app_secret(secret)
                assert await simulator.post_raw(body) == status
        files = [path.read_bytes() for path in running_house.folder.iterdir() if path.is_file()]
        assert not any(APP_SECRET.encode() in held for held in files)


async def _is_paused(bot: Bot, *, clock: MovableClock) -> bool:
    async with bot.store.read() as tx:
        return bool(await bot.store.pages.list_paused(tx, now_ms=clock.now_ms()))


async def test_a_secret_that_changed_there_first_costs_no_answer(
    databases: Databases,
) -> None:
    """Answers wait while Messenger refuses the old proof, and leave once the new one is known."""
    async with house(databases) as running_house:
        simulator = running_house.simulator
        chat = Chat(simulator, simulator.add_person(PAGE))
        simulator.people.get(chat.psid).open_window(running_house.clock.now_ms())
        simulator.change_app_secret(NEW_SECRET)
        raw = simulator.body([simulator.text_event(chat.psid, "help")])
        before = signature(raw, app_secret=APP_SECRET)
        assert await simulator.post_raw(raw, signed_as=before) == 200
        async with asyncio.timeout(PATIENCE_S):
            while not await _is_paused(running_house.bots[0], clock=running_house.clock):  # noqa: ASYNC110 - the state is in a database
                await asyncio.sleep(0.01)
        assert chat.bubbles() == []
        told = await running_house.runs("rotate", "app-secret", typed=NEW_SECRET)
        assert "does not take it" not in told
        await running_house.learns()
        running_house.clock.move(60)
        await chat.hears()


async def test_a_page_token_is_tried_before_it_replaces_the_old_one(
    databases: Databases,
) -> None:
    """What Messenger refuses changes nothing; what it takes is used from then on."""
    async with house(databases) as running_house:
        simulator = running_house.simulator
        command = ("rotate", "page-token", "--page", PAGE)
        told = await running_house.runs(*command, typed=NEW_TOKEN)
        assert told.startswith("1 ")
        assert "Nothing was changed" in told
        assert (running_house.folder / PAGE).read_text() == PAGES[0].access_token
        simulator.change_token(PAGE, NEW_TOKEN)
        assert (await running_house.runs(*command, typed=NEW_TOKEN)).startswith("0 ")
        await running_house.learns()
        chat = Chat(simulator, simulator.add_person(PAGE))
        await chat.says("help")
        await chat.hears()


@pytest.mark.parametrize("command", ["app-secret", "verify-token"])
async def test_a_secret_in_no_file_cannot_be_changed_while_the_bot_runs(
    databases: Databases, command: str
) -> None:
    """Then the operator is told what to do instead, and nothing is changed."""
    async with house(databases) as running_house:
        messenger = running_house.raw["messenger"]
        for name in ("app_secret", "verify_token"):
            del messenger[f"{name}_file"]
            messenger[name] = f"a-secret-of-tests-in-no-file-{name}"
        told = await running_house.runs("rotate", command, typed=NEW_SECRET)
        assert told.startswith("2 ")
        assert "_file to its path" in told
