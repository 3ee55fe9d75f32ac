"""The desk: what takes two waits for the second, and whatever changed meanwhile is another act."""

from dataclasses import dataclass, field, replace

import pytest

from bot.admins.command import Ask, refused
from bot.admins.desk import DELAY_MS, AdminDesk
from bot.admins.gate import RULES, Act, Gate
from bot.admins.rule import Proof, Rule, Two
from bot.admins.wiring import admin_desk
from bot.broadcasts.acts import acts_of
from bot.broadcasts.previews import Previews
from bot.details.giving import Giving
from bot.jobs.delayed_acts import DelayedActs
from bot.policy.publishing import Publisher
from bot.site import sites
from flows.kit.effects import ProveAct, RunCommand
from flows.kit.found import Found
from storage import PersonId, Transaction
from tests.kit.admins import AdminChat, admin, first_owner
from tests.kit.deployment import PAGE, Deployment

DRILL = Rule(("owner", "privacy officer"), Proof.CODE, two=Two.ALWAYS, usage="/drill", does="x.")
HALL = Rule(("owner",), Proof.CODE, two=Two.LARGE, usage="/hall", does="x.")


@dataclass
class Drill:
    """A command that is about a text, as a notice would be."""

    content: bytes = b"first draft"
    is_large: bool = True
    #: What comes of it instead of being done.
    refusal: Found | None = None
    done: list[str] = field(default_factory=list)

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say what would be done, with the text as it is now."""
        del tx, ask
        return Act("D-1", content=self.content, summary="D-1 is to go out.", is_large=self.is_large)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Note that it was done."""
        del tx, act
        if self.refusal is not None:
            return self.refusal
        self.done.append(ask.admin.name)
        return Found("/drill")


@dataclass
class Room:
    """A desk with that command beside a running bot."""

    deployment: Deployment
    desk: AdminDesk
    drill: Drill
    owner: AdminChat

    async def person_of(self, who: AdminChat) -> PersonId:
        """Return under what somebody is kept."""
        store = self.deployment.bot.store
        lookup = store.keyring.lookup(PAGE, who.chat.psid)
        async with store.read() as tx:
            return (await store.people.find(tx, [lookup]))[lookup]

    async def asks(self, who: AdminChat, asked: RunCommand | ProveAct) -> Found:
        """Bring something to the desk."""
        store, now_ms = self.deployment.bot.store, self.deployment.clock.now_ms()
        person_id = await self.person_of(who)
        async with store.write() as tx:
            person = await store.people.get(tx, person_id)
            assert person is not None
            return await self.desk.answer(tx, person, asked, now_ms=now_ms)

    async def proves(self, who: AdminChat, line: str) -> Found:
        """Give a command and the code that it asks for."""
        found = await self.asks(who, RunCommand(line))
        assert found.what == "admin_code", found
        return await self.asks(who, ProveAct(found.facts["act"], who.next_code()))

    async def revokes(self, who: AdminChat) -> None:
        """Let somebody be no admin any more."""
        store, person_id = self.deployment.bot.store, await self.person_of(who)
        async with store.write() as tx:
            one = await store.admins.of(tx, person_id)
            assert one is not None
            await store.admins.revoke(tx, one, now_ms=self.deployment.clock.now_ms())


@pytest.fixture
async def room(deployment: Deployment) -> Room:
    """The desk, and an owner."""
    store = deployment.bot.store
    giving = Giving(store, deployment.clock, sites(deployment.settings))
    publisher = Publisher(store, deployment.clock, deployment.settings)
    acts = acts_of(deployment.settings, deployment.bot.store)
    previews = Previews(acts, deployment.clock, lambda: None)
    made = admin_desk(
        deployment.settings, giving, publisher, figures=lambda: None, previews=previews
    )
    drill = Drill()
    commands = {**made.commands, "drill": drill, "hall": drill}
    rules = {**RULES, "drill": DRILL, "hall": HALL}
    desk = replace(made, gate=Gate(rules), commands=commands)
    # Agreeing goes through the same desk.
    for name in ("approve", "undo"):
        commands[name] = replace(commands[name], desk=desk)
    return Room(deployment, desk, drill, await first_owner(deployment))


async def second(room: Room, role: str = "privacy officer") -> AdminChat:
    """Make another admin who has proved themselves."""
    made = await admin(room.deployment, role)
    await made.signs_in()
    return made


async def test_what_takes_two_is_done_by_two(room: Room) -> None:
    """One asks, with a code; the other agrees, with a code of their own; then it is done once."""
    other = await second(room)
    waits = await room.proves(room.owner, "/drill")
    assert (waits.what, room.drill.done) == ("admin_waits", [])
    act = waits.facts["act"]
    await other.chat.hears("asks for your agreement. D-1 is to go out.")
    status = {
        row["what"]: row["value"] for row in (await room.asks(other, RunCommand("/status"))).rows
    }
    assert status["Acts that wait"] == f"{act} (drill, by A-1)"
    assert (await room.proves(other, f"/approve {act}")).what == "/approve"
    assert room.drill.done == ["A-1"]
    again = await room.asks(other, RunCommand(f"/approve {act}"))
    assert again.facts["why"] == "over"
    async with room.deployment.bot.store.read() as tx:
        acts = await room.deployment.bot.store.admin_acts.newest(tx, limit=3)
    assert {(one.act.actor, one.act.act) for one in acts} == {
        ("A-1", "ask: drill"),
        ("A-1", "drill"),
        ("A-2", "approve"),
    }
    assert len({one.act.digest for one in acts if one.act.actor == "A-1"}) == 1


async def test_nobody_agrees_with_themselves(room: Room) -> None:
    """Who asked cannot be the second, nor can who may not do it at all."""
    await second(room)
    viewer = await second(room, "viewer")
    act = (await room.proves(room.owner, "/drill")).facts["act"]
    assert (await room.asks(room.owner, RunCommand(f"/approve {act}"))).facts["why"] == "own_act"
    assert (await room.asks(viewer, RunCommand(f"/approve {act}"))).facts["why"] == "role"
    assert room.drill.done == []


async def test_a_changed_act_is_another_act(room: Room) -> None:
    """What was proved or agreed to holds for the exact text, and for no other."""
    other = await second(room)
    asked = await room.asks(room.owner, RunCommand("/drill"))
    room.drill.content = b"second draft"
    found = await room.asks(room.owner, ProveAct(asked.facts["act"], room.owner.next_code()))
    assert found.facts["why"] == "changed"
    waits = await room.proves(room.owner, "/drill")
    room.drill.content = b"third draft"
    agreed = await room.proves(other, f"/approve {waits.facts['act']}")
    assert agreed.facts["why"] == "changed"
    assert room.drill.done == []


async def test_alone_it_takes_ten_minutes(room: Room) -> None:
    """A single admin waits, may undo, and else it is done by itself, once."""
    job = DelayedActs(room.desk, room.deployment.clock)
    first = await room.proves(room.owner, "/drill")
    assert first.what == "admin_delayed"
    undone = await room.asks(room.owner, RunCommand(f"/undo {first.facts['act']}"))
    assert undone.what == "/undo"
    await room.proves(room.owner, "/drill")
    assert await job.do_due() == 0
    room.deployment.clock.move(DELAY_MS / 1000)
    assert await job.do_due() == 1
    assert await job.do_due() == 0
    assert room.drill.done == ["A-1"]


async def test_revoking_the_others_makes_nobody_alone(room: Room) -> None:
    """For a day it still takes two, so that one phone in wrong hands is not enough."""
    other = await second(room)
    await room.revokes(other)
    assert (await room.proves(room.owner, "/drill")).what == "admin_waits"
    room.deployment.clock.move(24 * 3600)
    assert (await room.proves(room.owner, "/drill")).what == "admin_delayed"


@pytest.mark.parametrize("is_changed", [True, False])
async def test_a_delayed_act_is_judged_when_it_is_done(room: Room, *, is_changed: bool) -> None:
    """Whose act has changed meanwhile, or who is none any more, does nothing."""
    await room.proves(room.owner, "/drill")
    if is_changed:
        room.drill.content = b"second draft"
    else:
        await room.revokes(room.owner)
    room.deployment.clock.move(DELAY_MS / 1000)
    await DelayedActs(room.desk, room.deployment.clock).do_due()
    assert room.drill.done == []


@pytest.mark.parametrize(("is_large", "what"), [(True, "admin_waits"), (False, "/drill")])
async def test_size_decides_where_the_rule_says_so(
    room: Room, what: str, *, is_large: bool
) -> None:
    """A small act of such a command is done by one, a large one by two."""
    other = await second(room, "owner")
    room.drill.is_large = is_large
    assert (await room.proves(room.owner, "/hall")).what == what
    assert other.name == "A-2"


async def test_what_nobody_agrees_to_is_over_after_a_day(room: Room) -> None:
    """A second admin who comes too late agrees to nothing."""
    other = await second(room)
    act = (await room.proves(room.owner, "/drill")).facts["act"]
    room.deployment.clock.move(24 * 3600)
    assert (await room.asks(other, RunCommand(f"/approve {act}"))).facts["why"] == "over"


@pytest.mark.parametrize(
    "what", [refused("over"), Found("broadcast_refused", facts={"found": "time"})]
)
async def test_what_came_to_nothing_is_not_told_as_done(room: Room, what: Found) -> None:
    """Not to who waited for it, and not in the ledger."""
    room.drill.refusal = what
    await room.proves(room.owner, "/drill")
    room.deployment.clock.move(DELAY_MS / 1000)
    await DelayedActs(room.desk, room.deployment.clock).do_due()
    await room.owner.chat.hears_among("Not done: That")
    async with room.deployment.bot.store.read() as tx:
        (newest,) = await room.deployment.bot.store.admin_acts.newest(tx, limit=1)
    assert newest.act.act == "refused: drill"


async def test_both_hear_that_an_agreement_came_to_nothing(room: Room) -> None:
    """Who agreed is not told that it is done, and who asked does not wait for it any longer."""
    other = await second(room)
    waits = await room.proves(room.owner, "/drill")
    room.drill.refusal = refused("over")
    assert (await room.proves(other, f"/approve {waits.facts['act']}")).facts["why"] == "over"
    await room.owner.chat.hears_among("has agreed to P-")
    assert any("not done: That is not waiting" in one.text for one in room.owner.chat.bubbles())


async def test_nothing_unasked_reaches_an_admin_who_said_stop(room: Room) -> None:
    """After a STOP, asking for their agreement is no reason to write to them."""
    other = await second(room)
    await other.chat.says("STOP")
    await other.chat.hears("Done.")
    await room.deployment.settles()
    before = len(other.chat.bubbles())
    await room.proves(room.owner, "/drill")
    await room.deployment.settles()
    assert len(other.chat.bubbles()) == before
