"""What every command is made of."""

from dataclasses import dataclass, field
from typing import Protocol

from bot.admins.gate import Act
from flows.kit.found import Found
from storage import KnownPerson, Transaction
from storage.admins import Admin


@dataclass(frozen=True, slots=True)
class Ask:
    """One command as an admin gave it."""

    admin: Admin
    person: KnownPerson = field(repr=False)
    #: Its name in the gate's table.
    command: str
    #: What followed the name, in words; what stood in quotes is one.
    args: tuple[str, ...] = field(repr=False)
    #: The same as it was typed.
    rest: str = field(repr=False)
    now_ms: int


class Command(Protocol):
    """What one or more commands do; all of it inside the turn's own transaction."""

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Look, change nothing, and say what would be done; or what was found, which ends it."""

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Do what `prepare` said; the gate has allowed it."""


class Look:
    """A command that only looks: `prepare` is all there is to it."""

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Never happens: nothing was said that could be done."""
        raise NotImplementedError(ask.command)


def refused(why: str, **facts: str) -> Found:
    """Return a refusal; the reasons, and the facts they need, stand in flows/admin/refusal.py."""
    return Found("admin_refused", facts={"why": why, **facts})
