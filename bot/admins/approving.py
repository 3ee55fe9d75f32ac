"""Agreeing to what another admin asked for, and taking back what still waits."""

from dataclasses import dataclass

from bot.admins.command import Ask, refused
from bot.admins.desk import AdminDesk
from bot.admins.gate import RULES, Act, Actor
from flows.admin.refusal import reason_of
from flows.kit.found import Found
from storage import Transaction
from storage.pending_acts import PendingAct


@dataclass(frozen=True, slots=True)
class Approve:
    """Lets a second admin agree."""

    desk: AdminDesk

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say what would be agreed to, as it is now."""
        pending = await _named(self.desk, tx, ask)
        if isinstance(pending, Found):
            return pending
        if pending.person_id == ask.person.person_id:
            return refused("own_act")
        first = await self.desk.ask_of(tx, pending, now_ms=ask.now_ms)
        if first is None or pending.state != "proved":
            return refused("over")
        if (
            self.desk.gate.authorize(Actor(ask.admin, has_session=True), pending.command)
            != "allowed"
        ):
            return refused("role", name=pending.command, role=ask.admin.role)
        act = await self.desk.commands[pending.command].prepare(tx, first)
        if isinstance(act, Found):
            return act
        summary = f"{first.admin.name} asks for your agreement. {act.summary}"
        return Act(pending.act_id, content=pending.digest, summary=summary)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Do it in the name of who asked, and tell them."""
        pending = await self.desk.store.pending_acts.find(tx, act.object, now_ms=ask.now_ms)
        if pending is None:
            return refused("over")
        done = await self.desk.perform_agreed(tx, pending, now_ms=ask.now_ms)
        refusal = reason_of(done)
        came_of_it = f"not done: {refusal}" if refusal else "it is done."
        first = await self.desk.store.people.get(tx, pending.person_id)
        if first is not None and first.key:
            told = f"{ask.admin.name} has agreed to {pending.act_id}: {came_of_it}"
            await self.desk.proving.tell(tx, first, told, now_ms=ask.now_ms)
        return done if refusal else Found("/approve", facts={"act": pending.act_id})


@dataclass(frozen=True, slots=True)
class Undo:
    """Takes back an act that still waits."""

    desk: AdminDesk

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say which; one's own, or an owner anybody's."""
        pending = await _named(self.desk, tx, ask)
        if isinstance(pending, Found):
            return pending
        if pending.person_id != ask.person.person_id and ask.admin.role != "owner":
            return refused("role", name=ask.command, role=ask.admin.role)
        return Act(pending.act_id)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Let it not happen."""
        pending = await self.desk.store.pending_acts.find(tx, act.object, now_ms=ask.now_ms)
        if pending is None or not await self.desk.store.pending_acts.remove(tx, pending):
            return refused("over")
        return Found("/undo", facts={"act": pending.act_id})


async def _named(desk: AdminDesk, tx: Transaction, ask: Ask) -> PendingAct | Found:
    if len(ask.args) != 1:
        return refused("usage", usage=RULES[ask.command].usage)
    act_id = ask.args[0].upper()
    pending = await desk.store.pending_acts.find(tx, act_id, now_ms=ask.now_ms)
    return pending or refused("over")
