"""Runs a command under the rules of a systemd unit that the kernel itself can hold.

`python -m tests.kit.confined UNIT COMMAND …`: no new rights, no memory that is both written and
executed, and only the system calls and families of addresses that the unit allows. systemd does
the same at a start; a test cannot start systemd.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

LIBRARY = "libseccomp.so.2"
#: From linux/prctl.h.
_NO_NEW_PRIVILEGES = 38
_MEMORY_DENY_WRITE_EXECUTE = 65
#: From seccomp.h: let a call through, or refuse it as not permitted; compare an argument.
_ALLOW, _REFUSE, _EQUAL = 0x7FFF0000, 0x00050001, 4
_FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("value", ctypes.c_uint64),
        ("unused", ctypes.c_uint64),
    )


def values(unit: Path, key: str) -> list[str]:
    """List the values of a key, in the order of its lines."""
    lines = unit.read_text(encoding="utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{key}=")]


def allowed_calls(lines: Iterable[str]) -> set[str]:
    """Return the system calls that lines of SystemCallFilter leave."""
    left: set[str] = set()
    for line in lines:
        names = {name for word in line.removeprefix("~").split() for name in _calls(word)}
        left = left - names if line.startswith("~") else left | names
    # systemd lets these through without being asked: nothing would begin or end without them.
    return left | _calls("@default")


def _calls(word: str) -> set[str]:
    if not word.startswith("@"):
        return {word}
    listed = subprocess.run(  # noqa: S603 - a set's name out of our own unit
        ["systemd-analyze", "syscall-filter", word],  # noqa: S607 - the machine's own tool
        capture_output=True,
        check=True,
        text=True,
    ).stdout.splitlines()
    inside = [line.strip() for line in listed[1:] if line.strip() and "#" not in line]
    return {name for inner in inside for name in _calls(inner)}


def confine(unit: Path) -> None:
    """Put this process, and all that comes of it, under the rules of a unit."""
    assert values(unit, "NoNewPrivileges") == ["yes"]
    assert values(unit, "MemoryDenyWriteExecute") == ["yes"]
    system = ctypes.CDLL(None, use_errno=True)
    for rule in (_NO_NEW_PRIVILEGES, _MEMORY_DENY_WRITE_EXECUTE):
        if system.prctl(rule, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "the kernel does not know this rule")
    _filter(
        allowed_calls(values(unit, "SystemCallFilter")) - {"socket"},
        [_FAMILIES[name] for name in " ".join(values(unit, "RestrictAddressFamilies")).split()],
    )


def _filter(calls: Iterable[str], families: Iterable[int]) -> None:
    library: Any = ctypes.CDLL(LIBRARY)
    library.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(library.seccomp_init(_REFUSE))
    for name in calls:
        number = library.seccomp_syscall_resolve_name(name.encode())
        library.seccomp_rule_add_array(rules, _ALLOW, number, 0, None)
    socket = library.seccomp_syscall_resolve_name(b"socket")
    for family in families:
        is_this = _Comparison(0, _EQUAL, family, 0)
        library.seccomp_rule_add_array(rules, _ALLOW, socket, 1, ctypes.byref(is_this))
    assert library.seccomp_load(rules) == 0


if __name__ == "__main__":
    confine(Path(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - that is what it is for
