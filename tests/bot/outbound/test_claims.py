"""Whatever happens between a claim and its calls, nothing stays claimed for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from bot.outbound.doubt import Doubts
from storage import Kind, StorageUnavailable, Store, Transaction
from storage.db.tables import outbox, person_keys
from storage.nodes import join
from storage.vault.sealing import SealedBytes
from tests.bot.outbound.sending import NODE, PAGE, second_store, sending
from tests.kit.deployment import Databases
from tests.storage.make import World

_WAITING = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


class Forgetful(Store):
    """A store whose next commits take effect while their answers are lost.

    It begins with the first that leaves something begun.
    """

    losses = 0
    _is_losing = False

    @asynccontextmanager
    async def write(self, *, is_quick: bool = False) -> AsyncIterator[Transaction]:
        """Open a transaction; its commit may look as if it had failed."""
        async with super().write(is_quick=is_quick) as tx:
            yield tx
            begun = sa.select(outbox.c.seq).where(outbox.c.state == "begun")
            if self.losses and (await tx.execute(begun)).first():
                self._is_losing = True
        if self._is_losing and self.losses:
            self.losses -= 1
            raise StorageUnavailable(cause="ConnectionDoesNotExistError")


@pytest.mark.parametrize("losses", [1, 2, 3])
async def test_a_claim_whose_answer_is_lost_is_given_back(
    databases: Databases, losses: int
) -> None:
    """What was claimed and not begun is given back until that succeeds, and then sent once."""
    async with sending(databases, store_class=Forgetful) as half:
        store = half.store
        assert isinstance(store, Forgetful)
        who, other = await half.person(), await half.person()
        await half.queue(who, "1")
        await half.queue(other, "2")
        await half.queue(who, "3")
        store.losses = losses
        half.start()
        await half.until_states()
        assert sorted(half.texts()) == ["1", "2", "3"]
        assert store.losses == 0
        assert b"chatmagico_sends_in_doubt_total 0.0" in half.metrics.exposition()


async def test_a_claim_without_slots_is_given_back(postgres_databases: Databases) -> None:
    """When the database fails between the claim and its slots, the messages are sent later."""
    async with sending(postgres_databases) as half:
        half.start()
        who = await half.person()
        await half.queue(who, "1")
        await half.until_states()
        other = second_store(postgres_databases)
        async with other.write() as tx:
            await other.pages.reserve(tx, PAGE.id, count=1, per_s=280, now_ms=0)
            await half.queue(who, "2")
            await half.queue(who, "3")
            await World(other).until_somebody_waits()
            assert await half.states() == ["begun", "pending"]
            await tx.execute(sa.text(_WAITING))
        await half.until_states()
        assert half.texts() == ["1", "2", "3"]
        await other.close()


async def test_what_was_forgotten_is_doubted(databases: Databases) -> None:
    """A message that this node has begun, and nobody knows of, does not block its person."""
    async with sending(databases) as half:
        who = await half.person()
        await half.queue(who, "1")
        async with half.store.write() as tx:
            await half.store.outbox.claim(
                tx, node=NODE, pages=[PAGE.id], now_ms=half.clock.now_ms(), limit=9
            )
        await half.queue(who, "2")
        half.clock.move(11)
        half.start()
        await half.until_states("in_doubt")
        assert half.texts() == ["2"]
        assert b"chatmagico_sends_in_doubt_total 1.0" in half.metrics.exposition()


async def test_what_is_under_way_is_not_forgotten(databases: Databases) -> None:
    """A call that takes long, and an outcome that is not written yet, are known."""
    async with sending(databases) as half:
        who = await half.person()
        await half.queue(who)
        async with half.store.write() as tx:
            (message,), _ = await half.store.outbox.claim(
                tx, node=NODE, pages=[PAGE.id], now_ms=half.clock.now_ms(), limit=9
            )
        half.clock.move(3600)
        assert await half.outcomes.doubt_forgotten({message.outbox_id}) == 0
        assert await half.states() == ["begun"]
        assert await half.outcomes.doubt_forgotten(set()) == 1


async def test_what_starts_too_late_is_given_back(databases: Databases) -> None:
    """Of many messages of one Page only those are begun whose slots come soon."""
    pages = [str(number) for number in range(30)]
    async with sending(databases, per_s=1, more_pages=pages) as half:
        for _ in range(10):
            await half.queue(await half.person())
        half.start()
        begun_and_waiting = ["begun", *["pending"] * 8]
        await half.until(lambda rows: sorted(row.state for row in rows) == begun_and_waiting)
        assert len(half.texts()) == 1


async def test_a_page_that_others_use_up_is_left_to_them(postgres_databases: Databases) -> None:
    """Where other nodes hold the next slots of a Page, nothing of it stays claimed here."""
    async with sending(postgres_databases) as half:
        async with half.store.write() as tx:
            await half.store.pages.reserve(tx, PAGE.id, count=30, per_s=1, now_ms=0)
        who = await half.person()
        await half.queue(who)
        half.start()
        async with asyncio.timeout(10):
            while half.pace.list_open([PAGE.id]):  # noqa: ASYNC110 - nothing tells it
                await asyncio.sleep(0.01)
        await half.until_states("pending")
        assert half.texts() == []


async def test_a_collision_with_another_node_is_no_failure(
    postgres_databases: Databases, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where two nodes claim two kinds of one person at once, the loser goes on with others."""
    async with sending(postgres_databases) as half:
        half.start()
        who, other = await half.person(), await half.person()
        rival = second_store(postgres_databases)
        await half.queue(who, "answer", in_s=100)
        later_ms = half.clock.now_ms() + 200_000
        async with rival.write() as tx:
            claimed, _ = await rival.outbox.claim(
                tx, node="rival", pages=[PAGE.id], now_ms=later_ms, limit=9
            )
            assert len(claimed) == 1
            await half.queue(who, "notice", kind="notice")
            await half.queue(other, "other")
            await World(rival).until_somebody_waits()
        await half.until_states("begun", "pending")
        assert half.texts() == ["other"]
        assert "database.failed" not in capsys.readouterr().err
        await rival.close()


async def test_a_message_waits_for_its_key(databases: Databases) -> None:
    """An answer whose person's key is lost is held, and leaves once the keys are restored."""
    async with sending(databases) as half:
        who = await half.person()
        keys = half.store.keyring.database
        async with keys.read() as tx:
            backup = (await tx.execute(person_keys.select())).one()._asdict()
        await half.store.keyring.destroy([who.person_id])
        await half.queue(who)
        due_at_ms = (await half.rows())[0].due_at_ms
        half.start()
        await half.until(lambda rows: rows[0].due_at_ms > due_at_ms)
        assert await half.states() == ["pending"]
        async with keys.write() as tx:
            sealed = backup | {"wrapped": SealedBytes(backup["wrapped"])}
            await tx.execute(person_keys.insert(), [sealed])
        half.move(61)
        await half.until_states()
        assert half.texts() == ["hello"]


@pytest.mark.parametrize(
    ("kind", "wait_s"), [("answer", 10), ("notice", 60), ("service", 60), ("broadcast", 900)]
)
async def test_a_dead_nodes_doubts_wait_by_their_kind(
    databases: Databases, kind: Kind, wait_s: int
) -> None:
    """Who takes over from a dead node waits as long for each echo as that node had waited."""
    async with sending(databases) as half:
        await half.queue(await half.person(), kind=kind)
        async with half.store.write() as tx:
            outbox, now_ms = half.store.outbox, half.clock.now_ms()
            asked: dict[str, Any] = {"node": "dead", "now_ms": now_ms, "limit": 9}
            await outbox.claim(tx, **asked, pages=[PAGE.id])
            await outbox.claim_broadcasts(tx, **asked, room={PAGE.id: 9}, gaps_ms={})
        node = await join(half.store.main, now_ms=half.clock.now_ms())
        doubts = Doubts(half.store, half.clock, half.metrics, node, wake_sender=half.bell.set)
        before_ms = half.clock.now_ms()
        assert await doubts.take_over() == 1
        (row,) = await half.rows()
        assert before_ms <= row.decide_at_ms - wait_s * 1000 <= half.clock.now_ms()
        await node.leave()
