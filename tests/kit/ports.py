"""Ports for servers of the tests."""

import os
import random
import socket
from itertools import cycle, islice

#: Below what the system hands out by itself to connections, which would take a port in between.
_PORTS = range(10_000, 32_000)
#: Each process has its own way through them, so that two that run at once seldom meet.
_next = islice(cycle(_PORTS), random.Random(os.getpid()).randrange(len(_PORTS)), None)


def free_port() -> int:
    """Return a port that nobody listens on, and that this process was not given before."""
    for port in _next:
        if _is_free(port):
            return port
    raise AssertionError


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
