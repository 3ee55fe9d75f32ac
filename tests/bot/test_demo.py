"""`demo`: bot and Messenger in one process, in the browser."""

import asyncio
import re
import signal
import socket
from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.clock import SystemClock
from bot.demo import demonstrating, free_ports, kept_clock
from bot.sample import Ports
from tests.bot.commands.conftest import ROOT, Operator
from tests.kit.chat import Chat
from tests.kit.patience import PATIENCE_S

ANY = Ports(0, 0, 0)


async def opened(process: asyncio.subprocess.Process) -> tuple[str, str]:
    """Wait for the line with the address; return it, and everything that was told before."""
    assert process.stdout is not None
    told = ""
    async with asyncio.timeout(PATIENCE_S):
        async for raw in process.stdout:
            line = raw.decode()
            if found := re.fullmatch(r"Open (http://127\.0\.0\.1:\d+) in your browser\n", line):
                return found[1], told
            told += line
    raise AssertionError(told)


async def test_demo_opens_and_ends(tmp_path: Path) -> None:
    """It tells the address on a line of its own, answers there, and Ctrl-C ends it well."""
    operator = Operator(tmp_path, {})
    process = await operator.starts("demo")
    url, _ = await opened(process)
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
        assert "text/html" in answer.headers["Content-Type"]
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    for kept in ("data/demo.db", "keys/demo.db", "keys/demo.secret"):
        assert (tmp_path / kept).stat().st_mode & 0o077 == 0
    for folder in ("data", "keys"):
        assert (tmp_path / folder).stat().st_mode & 0o777 == 0o700


async def test_taken_ports_are_told(tmp_path: Path) -> None:
    """Where another program holds a port, the demo says so and takes another one."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 8090))
            other.listen()
        except OSError:
            pass  # somebody holds it already, which serves as well
        process = await Operator(tmp_path, {}).starts("demo")
        url, told = await opened(process)
        process.send_signal(signal.SIGTERM)
        await process.communicate()
    assert "Port 8090 is taken" in told
    assert url != "http://127.0.0.1:8090"
    assert process.returncode == 0


async def test_second_start_goes_on(tmp_path: Path) -> None:
    """After a restart, with a day gone by in the demo, data is kept and somebody new is served."""
    async with demonstrating(tmp_path, free_ports(ANY)) as first:
        chat = Chat(first.simulator, first.simulator.add_person())
        await chat.says("Hello")
        await chat.hears()
        clock = first.simulator.clock
        clock.move(25 * 3600)  # type: ignore[attr-defined]  # the demo's clock can be moved
    async with demonstrating(tmp_path, free_ports(ANY)) as second:
        assert second.simulator.clock.now() > SystemClock().now() + timedelta(hours=24)
        chat = Chat(second.simulator, second.simulator.add_person())
        await chat.says("Hello")
        await chat.hears()


async def test_whoever_tries_it_can_be_its_owner(tmp_path: Path) -> None:
    """The page shows what to type, then an authenticator's digits, which open a session."""
    async with demonstrating(tmp_path, free_ports(ANY)) as demo, aiohttp.ClientSession() as session:

        async def shown() -> dict[str, str]:
            async with session.get(f"{demo.simulator.url}/sim/authenticator") as answer:
                found: dict[str, str] = await answer.json()
                return found

        chat = Chat(demo.simulator, demo.simulator.add_person())
        await chat.says("Hello")
        await chat.hears()
        await chat.says((await shown())["type"])
        await chat.hears("You are admin A-1 of this Page now: owner.")
        await shown()
        await chat.says("/signins")
        await chat.hears("six digits")
        await chat.says((await shown())["digits"])
        await chat.hears("Your sign-ins")
        assert (tmp_path / "keys" / "demo.totp").stat().st_mode & 0o077 == 0


def test_clock_survives_a_broken_file(tmp_path: Path) -> None:
    """A file that holds no number is no reason not to start."""
    file = tmp_path / "demo.clock"
    file.write_text("soon", encoding="ascii")
    clock = kept_clock(file)
    clock.move(60)
    assert kept_clock(file).now() > SystemClock().now() + timedelta(seconds=50)


def test_the_demo_is_the_product() -> None:
    """Nothing of the demo is known to the parts that serve."""
    for path in (ROOT / "bot").rglob("*.py"):
        inside = path.relative_to(ROOT / "bot").as_posix()
        if inside in {"demo.py", "console.py", "sample.py"} or inside.startswith("commands/"):
            continue
        assert "bot.demo" not in path.read_text(encoding="utf-8"), inside
