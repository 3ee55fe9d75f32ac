"""The bot does all its work under the rules of its unit."""

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.clock import SystemClock
from tests.deploy.places import UNIT
from tests.kit.confined import LIBRARY
from tests.kit.deployment import PAGE, Databases, messenger_for
from tests.kit.history import History
from tests.kit.patience import PATIENCE_S
from tests.kit.ports import free_port
from tests.kit.process import Process, write_config

pytestmark = pytest.mark.long

THROUGH = (sys.executable, "-m", "tests.kit.confined", str(UNIT))
#: Asks for what the unit refuses; says how each ended.
_TRY = """
import mmap, os, socket
for wish in (
    lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC),
    lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    lambda: os.chroot("."),
    lambda: os.nice(1),
    lambda: socket.socket(socket.AF_INET),
):
    try:
        wish()
        print("done")
    except OSError:
        print("refused")
"""


@pytest.fixture(scope="module")
def through() -> tuple[str, ...]:
    """Return what starts a command under the rules, where this machine can hold them."""
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        pytest.skip("libseccomp is not installed (Debian: apt-get install libseccomp2)")
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    tried = subprocess.run([*THROUGH, sys.executable, "-c", ""], check=False, capture_output=True)  # noqa: S603 - our own
    if tried.returncode:
        pytest.skip("this Linux cannot forbid code in written memory, or lets nobody try")
    return THROUGH


def test_the_rules_refuse(through: tuple[str, ...]) -> None:
    """What the unit forbids is refused here as well, so that the next test means something."""
    tried = subprocess.run(  # noqa: S603 - our own
        [*through, sys.executable, "-c", _TRY], check=True, capture_output=True, text=True
    )
    assert tried.stdout.split() == ["refused", "refused", "refused", "refused", "done"]


async def test_the_bot_answers_under_the_rules_of_its_unit(
    tmp_path: Path, through: tuple[str, ...]
) -> None:
    """With written memory never executed and few system calls left, people get their answers."""
    port = free_port()
    async with messenger_for(port, SystemClock()) as simulator:
        databases = Databases.sqlite(tmp_path)
        config = write_config(databases, graph_url=simulator.graph_url, port=port)
        process = Process(config, through=through)
        await process.start()
        psid = simulator.add_person(PAGE)
        for said in ("Hello", "my data", "export", "delete me"):
            await simulator.say(psid, said)
        await simulator.wait_for(
            lambda _: History.of(simulator, psid).answers >= 4, psid, timeout_s=PATIENCE_S
        )
        assert await process.terminate() == 0
