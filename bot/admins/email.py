"""/email: the address at which alerts reach an admin outside the chat, proved as everybody's is."""

from dataclasses import dataclass

from bot.admins.command import Ask, refused
from bot.admins.gate import RULES, Act
from bot.details.giving import Giving
from flows.kit.found import Found
from storage import Transaction


@dataclass(frozen=True, slots=True)
class Email:
    """Keeps an admin's address; the flow for details then asks for the code that was mailed."""

    giving: Giving

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Take one address, and nothing else."""
        del tx
        if len(ask.args) != 1:
            return refused("usage", usage=RULES[ask.command].usage)
        return Act(ask.admin.name, content=ask.args[0].encode())

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Keep it, if it is an address."""
        is_kept = await self.giving.keep(tx, ask.person, "email", act.content.decode())
        return Found("/email", facts={"result": "kept" if is_kept else "refused"})
