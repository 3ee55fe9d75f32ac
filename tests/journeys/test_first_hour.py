"""docs/first-hour.md, command by command: what it shows is what is said."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.kit.newcomer import ROOT, Running
from tests.kit.ports import free_port

pytestmark = pytest.mark.long

_GUIDE = (ROOT / "docs" / "first-hour.md").read_text(encoding="utf-8")
_PATIENT_S = 60.0
#: What the guide types behind a question; a pipe does not show it.
_TO_INIT = (
    "Garden and Book Club",
    "1 Example Street, 10000 Example Town",
    "club@example.org",
    "http://127.0.0.1:8080",
    "Garden Club",
    "Europe/Berlin",
    "en,de",
    "news",
)
_TO_CONNECT = ("424242", "1")


class Reader:
    """Somebody who follows the guide, on ports that are free here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[Running] = []
        self._ports = {"8080": str(free_port()), "8081": str(free_port())}
        self._environment = {"CHATMAGICO_METRICS__PORT": self._ports["8081"]}

    def meets_messenger(self, url: str) -> None:
        """Name the Messenger that runs, as the guide has it."""
        self._ports["8090"] = url.rpartition(":")[2]
        self._environment["CHATMAGICO_MESSENGER__GRAPH_URL"] = f"{url}/graph"

    def shown(self, command: str) -> list[str]:
        """Return the lines that the guide shows below a command."""
        (block,) = re.findall(
            rf"^```console\n\$ chatmagico {re.escape(command)}\n(.*?)^```$",
            _GUIDE,
            re.MULTILINE | re.DOTALL,
        )
        return [line for line in self.on_ports(block).splitlines() if line]

    def on_ports(self, text: str) -> str:
        """Return a text of the guide with the ports that are free here."""
        for port, own in self._ports.items():
            text = text.replace(f":{port}", f":{own}")
        return text

    async def starts(self, command: str) -> Running:
        """Start a command of the guide, in the folder."""
        own = {name: value for name, value in os.environ.items() if "CHATMAGICO" not in name}
        pipe = asyncio.subprocess.PIPE
        running = Running(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", *command.split()),
                cwd=self._folder,
                env=own | self._environment | {"PYTHONPATH": str(ROOT)},
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                start_new_session=True,
            )
        )
        self._running.append(running)
        return running

    async def stops(self) -> None:
        """End what still runs."""
        for running in self._running:
            await running.stop()

    def was_told(self, command: str, running: Running) -> None:
        """Compare every line of the guide with what was said, in its order."""
        at = 0
        typed = {self.on_ports(answer) for answer in (*_TO_INIT, *_TO_CONNECT)}
        for line in self.shown(command):
            question, colon, answer = line.rpartition(": ")
            wanted = question + colon if answer in typed else line
            pattern = ".*?".join(re.escape(part) for part in wanted.split("…"))
            found = re.compile(pattern).search(running.said, at)
            assert found, f"{line!r} is not in what was said:\n{running.said}"
            at = found.end()

    async def runs(self, command: str, *typed: str) -> None:
        """Run a command of the guide to its end, and compare."""
        running = await self.starts(command)
        await running.types(*map(self.on_ports, typed))
        assert await running.ends() == 0, running.said
        self.was_told(command, running)


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    """Somebody with an empty folder."""
    following = Reader(tmp_path)
    yield following
    await following.stops()


async def test_the_guide_is_what_happens(reader: Reader, tmp_path: Path) -> None:
    """Each command of the first hour says, line by line, what the guide shows."""
    messenger = await reader.starts("simulator")
    await messenger.says("Nothing of it is kept", timeout_s=_PATIENT_S)
    url, secret, token = (_after(word, messenger) for word in ("Open", "app secret ", "token "))
    reader.meets_messenger(url)
    reader.was_told("simulator", messenger)
    await reader.runs("init", *_TO_INIT)
    _, _, rest = _GUIDE.partition("```toml\n")
    with (tmp_path / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f"\n{rest.partition('```')[0]}")
    connecting = await reader.starts("connect")
    await connecting.types(_TO_CONNECT[0], secret, token, _TO_CONNECT[1])
    await connecting.says("Now the bot has to run", timeout_s=_PATIENT_S)
    serving = await reader.starts("serve")
    await connecting.says("Now write any message", timeout_s=_PATIENT_S)
    await _writes_hello(url)
    assert await connecting.ends() == 0, connecting.said
    reader.was_told("connect", connecting)
    await reader.runs("check")
    await reader.runs("profile link --purpose news --language de --png poster.png")
    await serving.stop()
    reader.was_told("serve", serving)


def _after(word: str, running: Running) -> str:
    (found,) = re.findall(rf"\b{word} *(\S+)", running.said)
    return str(found)


async def _writes_hello(url: str) -> None:
    """Do what the browser does when a person is added and writes."""
    async with aiohttp.ClientSession(f"{url}/sim/") as session:
        async with session.post("people", json={"page_id": "555000111"}) as added:
            psid = (await added.json())["psid"]
        async with session.post(f"people/{psid}/say", json={"text": "Hello"}) as said:
            said.raise_for_status()
