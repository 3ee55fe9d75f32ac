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
from tests.kit.ports import free_port
from tests.kit.process import Process, write_config

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


def _can_confine() -> bool:
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return False
    if shutil.which("systemd-analyze") is None:
        return False
    tried = subprocess.run([*THROUGH, sys.executable, "-c", ""], check=False, capture_output=True)  # noqa: S603 - our own
    return tried.returncode == 0


needs_rules = pytest.mark.skipif(
    not _can_confine(),
    reason="needs systemd-analyze, libseccomp and a Linux that can forbid code in written memory",
)


@needs_rules
def test_the_rules_refuse() -> None:
    """What the unit forbids is refused here as well, so that the next test means something."""
    tried = subprocess.run(  # noqa: S603 - our own
        [*THROUGH, sys.executable, "-c", _TRY], check=True, capture_output=True, text=True
    )
    assert tried.stdout.split() == ["refused", "refused", "refused", "refused", "done"]


@needs_rules
async def test_the_bot_answers_under_the_rules_of_its_unit(tmp_path: Path) -> None:
    """With written memory never executed and few system calls left, people get their answers."""
    port = free_port()
    async with messenger_for(port, SystemClock()) as simulator:
        databases = Databases.sqlite(tmp_path)
        config = write_config(databases, graph_url=simulator.graph_url, port=port)
        process = Process(config, through=THROUGH)
        await process.start()
        psid = simulator.add_person(PAGE)
        for said in ("Hello", "my data", "export", "delete me"):
            await simulator.say(psid, said)
        await simulator.wait_for(
            lambda _: History.of(simulator, psid).answers >= 4, psid, timeout_s=30
        )
        assert await process.terminate() == 0
