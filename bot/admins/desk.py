"""Takes every command of an admin through the gate, and writes what was done into the ledger."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.admins.claims import Claims
from bot.admins.command import Ask, Command, refused
from bot.admins.gate import Act, Actor, Gate
from bot.admins.proving import Proving
from bot.admins.rule import Proof
from bot.logs import Action, action
from flows.admin.line import Line, parse
from flows.admin.refusal import reason_of
from flows.admin.session import SIGNED_IN
from flows.kit.effects import ProveAct, RunCommand
from flows.kit.found import NOT_A_COMMAND, Found
from storage import KnownPerson, Store, Transaction
from storage.admin_acts import AdminAct
from storage.admins import Admin
from storage.ledger.leaf import canonical
from storage.pending_acts import PendingAct

AdminAsked = RunCommand | ProveAct

_CODE_WITHIN_MS: Final = 5 * 60_000
_SECOND_WITHIN_MS: Final = 24 * 3_600_000
#: A command that nobody has can be of any length.
_SHOWN_CHARS: Final = 40
DELAY_MS: Final = 10 * 60_000


@dataclass(frozen=True, slots=True)
class AdminDesk:
    """Where commands arrive."""

    store: Store
    claims: Claims
    proving: Proving
    gate: Gate
    commands: Mapping[str, Command]

    async def answer(
        self, tx: Transaction, person: KnownPerson, asked: AdminAsked, *, now_ms: int
    ) -> Found:
        """Carry out what was asked, or say what it needs; roles are read now."""
        admin = await self.store.admins.of(tx, person.person_id)
        if isinstance(asked, ProveAct):
            return await self._prove(tx, admin, person, asked, now_ms)
        line = parse(asked.line)
        if line is None:
            return NOT_A_COMMAND
        if line.name == "admin" and line.args[:1] and line.args[0].casefold() == "claim":
            return await self.claims.claim(tx, person, admin, "".join(line.args[1:]), now_ms=now_ms)
        if admin is None:
            return NOT_A_COMMAND
        ask = self._ask(admin, person, line, now_ms)
        if asked.is_word and ask.command not in self.gate.rules:
            return NOT_A_COMMAND
        return await self._begin(tx, ask, asked.line)

    async def perform_agreed(self, tx: Transaction, pending: PendingAct, *, now_ms: int) -> Found:
        """Do what a second admin agreed to, or whose delay is over, in the name of who asked."""
        ask = await self.ask_of(tx, pending, now_ms=now_ms)
        if ask is None or not await self.store.pending_acts.remove(tx, pending):
            return refused("over")
        return await self._perform(tx, ask, agreed=pending.digest, digest=pending.digest)

    async def note_erased(self, tx: Transaction, admin: Admin, *, now_ms: int) -> None:
        """Note that an admin had themselves erased, which nothing limits; alarm without owners."""
        line = AdminAct(admin.name, admin.role, "erased", admin.name, "", now_ms)
        self.store.admin_acts.note(tx, line)
        if admin.role == "owner" and not await self.store.admins.lock_owners(tx):
            action(Action.OWNERS_GONE)

    async def ask_of(self, tx: Transaction, pending: PendingAct, *, now_ms: int) -> Ask | None:
        """Return what waits as it was asked; None where who asked may do nothing any more."""
        admin = await self.store.admins.of(tx, pending.person_id)
        person = await self.store.people.get(tx, pending.person_id)
        if admin is None or person is None or not person.key:
            return None
        line = parse(pending.line(person.key))
        return self._ask(admin, person, line, now_ms) if line else None

    async def _begin(self, tx: Transaction, ask: Ask, typed: str) -> Found:
        actor = await self._actor(tx, ask)
        verdict = self.gate.authorize(actor, ask.command)
        if verdict == "needs_session":
            return await self._ask_code(tx, ask, typed, digest_of(ask, Act(object=typed)), "")
        if verdict != "allowed":
            return refused(verdict, name=ask.command[:_SHOWN_CHARS], role=ask.admin.role)
        act = await self.commands[ask.command].prepare(tx, ask)
        if isinstance(act, Found):
            return act
        digest = digest_of(ask, act)
        if self.gate.authorize(actor, ask.command, act, digest) == "allowed":
            return await self._do(tx, ask, act, digest)
        return await self._ask_code(tx, ask, typed, digest, act.summary)

    async def _ask_code(
        self, tx: Transaction, ask: Ask, typed: str, digest: bytes, summary: str
    ) -> Found:
        if not ask.admin.is_enrolled:
            return refused("not_enrolled", name=ask.command)
        act_id = await self.store.pending_acts.ask(
            tx,
            ask.person.person_id,
            ask.person.key,
            command=ask.command,
            line=typed,
            digest=digest,
            expires_at_ms=ask.now_ms + _CODE_WITHIN_MS,
        )
        return Found("admin_code", facts={"act": act_id, "summary": summary})

    async def _prove(
        self,
        tx: Transaction,
        admin: Admin | None,
        person: KnownPerson,
        asked: ProveAct,
        now_ms: int,
    ) -> Found:
        if admin is None:
            return NOT_A_COMMAND
        pending = await self.store.pending_acts.find(tx, asked.act_id, now_ms=now_ms)
        if pending is None or pending.person_id != admin.person_id or pending.state != "asked":
            return refused("over")
        wrong = await self.proving.check(tx, admin, person, asked.typed, now_ms=now_ms)
        if wrong is not None:
            return wrong if wrong.what != "admin_code" else _again(wrong, pending)
        until = await self.proving.open_session(tx, admin, now_ms=now_ms)
        line = parse(pending.line(person.key))
        if line is None:
            return refused("over")
        found = await self._proved(tx, self._ask(admin, person, line, now_ms), pending)
        return replace(found, facts={**found.facts, SIGNED_IN: until}) if until else found

    async def _proved(self, tx: Transaction, ask: Ask, pending: PendingAct) -> Found:
        """Go on with what waited for the code that was just right."""
        rule = self.gate.rules.get(ask.command)
        if rule is not None and rule.proof is Proof.SESSION:
            await self.store.pending_acts.remove(tx, pending)
            return await self._perform(tx, ask, digest=None)
        act = await self._same_act(tx, ask, pending.digest)
        if isinstance(act, Found):
            await self.store.pending_acts.remove(tx, pending)
            return act
        actor = replace(await self._actor(tx, ask), proved=pending.digest)
        verdict = self.gate.authorize(actor, ask.command, act, pending.digest)
        moves, facts = self.store.pending_acts, {"act": pending.act_id}
        if verdict == "needs_second":
            until_ms = ask.now_ms + _SECOND_WITHIN_MS
            await moves.move_on(tx, pending, "proved", expires_at_ms=until_ms)
            await self._note(tx, ask, act, pending.digest, act_name=f"ask: {ask.command}")
            await self.proving.tell_others(
                tx, ask.admin, f"{ask.admin.name} asks for your agreement. {act.summary}\n"
                f"/approve {pending.act_id} agrees, within 24 hours.", now_ms=ask.now_ms,
            )  # fmt: skip
            return Found("admin_waits", facts=facts)
        if verdict == "needs_delay":
            due_ms = ask.now_ms + DELAY_MS
            until_ms = due_ms + _SECOND_WITHIN_MS
            await moves.move_on(tx, pending, "delayed", due_at_ms=due_ms, expires_at_ms=until_ms)
            await self._note(tx, ask, act, pending.digest, act_name=f"ask: {ask.command}")
            return Found("admin_delayed", facts=facts)
        await moves.remove(tx, pending)
        if verdict != "allowed":
            return refused(verdict, name=ask.command, role=ask.admin.role)
        return await self._do(tx, ask, act, pending.digest)

    async def _perform(
        self, tx: Transaction, ask: Ask, *, digest: bytes | None, agreed: bytes | None = None
    ) -> Found:
        """Do what needs nothing more to be shown, if the gate still says so."""
        actor = replace(await self._actor(tx, ask), agreed=agreed)
        verdict = self.gate.authorize(actor, ask.command)
        if verdict != "allowed":
            return refused(verdict, name=ask.command, role=ask.admin.role)
        act = await self._same_act(tx, ask, digest)
        if isinstance(act, Found):
            return act
        exact = digest_of(ask, act)
        verdict = self.gate.authorize(actor, ask.command, act, exact)
        if verdict != "allowed":
            return refused(verdict, name=ask.command, role=ask.admin.role)
        return await self._do(tx, ask, act, exact)

    async def _same_act(self, tx: Transaction, ask: Ask, digest: bytes | None) -> Act | Found:
        """Prepare anew; what has become another act is refused."""
        if self.gate.authorize(await self._actor(tx, ask), ask.command) == "role":
            return refused("role", name=ask.command, role=ask.admin.role)
        act = await self.commands[ask.command].prepare(tx, ask)
        if isinstance(act, Act) and digest is not None and digest_of(ask, act) != digest:
            return refused("changed")
        return act

    async def _do(self, tx: Transaction, ask: Ask, act: Act, digest: bytes) -> Found:
        found = await self.commands[ask.command].perform(tx, ask, act)
        # What came to nothing is on record as just that.
        name = f"refused: {ask.command}" if reason_of(found) else ask.command
        await self._note(tx, ask, act, digest, act_name=name)
        return found

    async def _note(
        self, tx: Transaction, ask: Ask, act: Act, digest: bytes, *, act_name: str = ""
    ) -> None:
        needs_proof = self.gate.rules[ask.command].proof is Proof.CODE
        name, shown = act_name or ask.command, digest.hex() if needs_proof else ""
        about = act.kept_as or act.object
        line = AdminAct(ask.admin.name, ask.admin.role, name, about, shown, ask.now_ms)
        self.store.admin_acts.note(tx, line)

    async def _actor(self, tx: Transaction, ask: Ask) -> Actor:
        end = await self.store.sign_ins.session_end(tx, ask.person.person_id, now_ms=ask.now_ms)
        rule = self.gate.rules.get(ask.command)
        can_agree = [
            one
            for one in await self.store.admins.list_all(tx)
            if one != ask.admin and rule and one.role in rule.roles and one.proved_at_ms
        ]
        # Whoever could revoke all others, and then counted as alone, would need nobody.
        since_ms = ask.now_ms - _SECOND_WITHIN_MS
        is_alone = not can_agree and not await self.store.admins.has_lost_one(tx, since_ms=since_ms)
        return Actor(ask.admin, has_session=end is not None, is_alone=is_alone)

    def _ask(self, admin: Admin, person: KnownPerson, line: Line, now_ms: int) -> Ask:
        for place, word in enumerate(line.args[:2]):  # "/cases open K7QF-3M2P", or the other way
            name = f"{line.name} {word.casefold()}"
            if name in self.gate.rules:
                args = line.args[:place] + line.args[place + 1 :]
                rest = line.rest.replace(word, "", 1).strip()
                return Ask(admin, person, name, args, rest, now_ms)
        return Ask(admin, person, line.name, line.args, line.rest, now_ms)


def digest_of(ask: Ask, act: Act) -> bytes:
    """Return what binds codes and approvals to this very act of this very admin."""
    exact = {
        "actor": ask.admin.name,
        "command": ask.command,
        "object": act.object,
        "content": hashlib.sha256(act.content).hexdigest(),
    }
    return hashlib.sha256(canonical(exact)).digest()


def _again(wrong: Found, pending: PendingAct) -> Found:
    return replace(wrong, facts={**wrong.facts, "act": pending.act_id})
