"""Ports for servers of the tests."""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import IO

#: Below what the system hands out by itself to connections, which would take a port in between.
_FIRST, _BLOCKS, _BLOCK_PORTS = 10_000, 40, 500


def free_port() -> int:
    """Return a port that nobody listens on, and that no other process of tests is given."""
    for port in _ports_of_this_process():
        if _is_free(port):
            return port
    raise AssertionError


@cache
def _ports_of_this_process() -> Iterator[int]:
    block = _claimed_block()
    first = _FIRST + block * _BLOCK_PORTS
    return cycle(range(first, first + _BLOCK_PORTS))


@cache
def _lock_file() -> IO[str]:
    path = Path(tempfile.gettempdir(), f"chatmagico-test-ports-{os.getuid()}")
    return path.open("w")  # stays open: closing it gives the block back


def _claimed_block() -> int:
    # A port is chosen seconds before its server binds it. So each process has ports of its own:
    # a lock on one byte of a file, which goes with the process however it ends.
    for block in range(_BLOCKS):
        try:
            fcntl.lockf(_lock_file(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, block)
        except BlockingIOError:
            continue
        return block
    msg = f"{_BLOCKS} processes of tests run at once, and there are no ports for more"
    raise RuntimeError(msg)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
