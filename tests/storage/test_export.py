"""The file of a person's data: complete, theirs alone, signed, and good for one return."""

import random
import tracemalloc
from base64 import b64decode
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest

from bot.clock import MovableClock
from bot.exports.maker import Maker
from bot.pages.facts import Pages
from bot.settings import parse_settings
from storage import KnownPerson, Store
from storage.db.tables import deliveries
from storage.erasure import order_erasure
from storage.export import Handed
from storage.vault.signing import verify
from tests.bot.pages.conftest import RAW
from tests.kit.exported import told_in, with_a_byte_changed
from tests.kit.holding import Owner, empty
from tests.kit.schema import faults_of
from tests.storage.conftest import ON_SQLITE
from tests.storage.make import NOON_MS, OTHER_PAGE, Known, World

SCHEMA = Path(__file__).parents[2] / "docs" / "export.schema.json"
MANY = 10_000


def maker_for(store: Store) -> Maker:
    """Return a maker of files."""
    return Maker(
        store,
        MovableClock(),
        page_names={},
        recipients=lambda: "Meta",
        facts=lambda: Pages.of(
            parse_settings(RAW | {"controller": {"name": "Example <Gardeners>"}})
        ),
    )


async def file_of(world: World, who: Known) -> bytes:
    """Return somebody's file."""
    file = await maker_for(world.store).make(who.person_id)
    assert file is not None
    return bytes(file)


async def known(world: World, who: Known) -> KnownPerson:
    """Load somebody."""
    async with world.store.read() as tx:
        person = await world.store.people.get(tx, who.person_id)
    assert person is not None
    return person


def raw_rows(told: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the raw values of an export, table by table."""
    return {
        table: [{name: cell["raw"] for name, cell in row.items()} for row in content["rows"]]
        for table, content in told["tables"].items()
    }


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows so that they can be compared whatever their order."""
    return sorted(rows, key=lambda row: sorted((name, str(value)) for name, value in row.items()))


async def _holds_all_and_nobody_elses(world: World, chance: random.Random) -> None:
    owners = [Owner(who, chance) for who in await world.people(chance.randint(2, 3))]
    async with world.store.write() as tx:
        for owner in owners:
            await owner.fill(tx)
    for owner in owners:
        file = await file_of(world, owner.who)
        told = told_in(file)
        assert faults_of(told, SCHEMA) == []
        found = raw_rows(told)
        assert found.keys() == owner.held.keys()
        for table, rows in owner.held.items():
            assert in_order(found[table]) == in_order(rows), table
        for other in owners:
            is_mine = other is owner
            assert (other.mark.encode() in file) is is_mine
            assert (other.who.psid.encode() in file) is is_mine
    async with world.store.write() as tx:
        await empty(tx)


@ON_SQLITE
@pytest.mark.parametrize(
    "count", [pytest.param(200, marks=pytest.mark.long), pytest.param(1000, marks=pytest.mark.soak)]
)
async def test_an_export_holds_every_mapped_column_and_nothing_of_others(
    world: World, count: int
) -> None:
    """Over random databases: each exported column of a person, each row, and nobody else's."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(count):
        await _holds_all_and_nobody_elses(world, chance)


async def test_both_databases_give_the_same(world: World) -> None:
    """A few random databases on PostgreSQL too."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(5):
        await _holds_all_and_nobody_elses(world, chance)


async def fill_long(world: World, who: Known, count: int) -> None:
    """Let somebody have been sent very many messages, many of them at the same time."""
    rows = [
        {
            "delivery_id": n.to_bytes(16, "big"),
            "person_id": who.person_id,
            "purpose_id": f"purpose-{n}",
            "lane": "window",
            "outcome": "sent",
            "at_ms": NOON_MS + n // 7,
        }
        for n in range(count)
    ]
    async with world.store.write() as tx:
        await tx.execute(deliveries.insert(), rows)


async def test_ten_thousand_deliveries_cost_little_memory(world: World) -> None:
    """Each of them is in the file, which takes less than 20 MiB to make."""
    who = await world.person()
    await fill_long(world, who, MANY)
    await file_of(world, await world.person())  # what is loaded once is not counted
    tracemalloc.start()
    try:
        file = await file_of(world, who)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    rows = raw_rows(told_in(file))["deliveries"]
    assert [row["purpose_id"] for row in rows] == [f"purpose-{n}" for n in range(MANY)]
    assert peak_bytes < 20 * 2**20


async def test_everybody_can_check_the_signature(world: World) -> None:
    """With the key that stands in the file, over the hash of every byte before the last line."""
    file = await file_of(world, await world.person())
    signed, line = file[: file.rindex(b"<!--")], file[file.rindex(b"<!--") :]
    signature = b64decode(line.split()[2])
    assert verify(b64decode(told_in(file)["public_key"]), signature, sha512(signed).digest())
    assert line.endswith(b" -->\n")


async def test_a_changed_byte_is_noticed_wherever_it_is(world: World) -> None:
    """Any bit of any byte; and a file that was cut."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    file = await file_of(world, await world.person())
    exports = world.store.exports
    assert isinstance(exports.read(file), Handed)
    for place in [0, len(file) - 1, *(chance.randrange(len(file)) for _ in range(200))]:
        assert exports.read(with_a_byte_changed(file, place)) in ("broken", "changed")
    for length in (0, 1, len(file) // 2, len(file) - 1):
        assert exports.read(file[:length]) == "broken"
    assert exports.read(file + b"\n") == "broken"


async def test_a_file_is_of_one_person_on_one_page(world: World) -> None:
    """It is nobody else's, and not of the same Messenger id on another Page."""
    one, other = await world.people(2)
    elsewhere = await world.person(page_id=OTHER_PAGE)
    handed = world.store.exports.read(await file_of(world, one))
    assert isinstance(handed, Handed)
    for who, is_theirs in ((one, True), (other, False), (elsewhere, False)):
        async with world.store.read() as tx:
            assert await world.store.exports.is_of(tx, handed, await known(world, who)) is is_theirs


async def test_a_file_counts_once(world: World) -> None:
    """Of two who hand it in one wins; another file of the same person counts by itself."""
    who = await world.person()
    first, second = [world.store.exports.read(await file_of(world, who)) for _ in range(2)]
    assert isinstance(first, Handed)
    assert isinstance(second, Handed)
    async with world.store.write() as tx:
        claim = world.store.exports.claim
        assert await claim(tx, first, now_ms=NOON_MS)
        assert not await claim(tx, first, now_ms=NOON_MS)
        assert await claim(tx, second, now_ms=NOON_MS)


async def test_whoever_is_being_erased_gets_no_file(world: World) -> None:
    """Nothing is handed out once erasure is ordered."""
    who = await world.person()
    async with world.store.write() as tx:
        await order_erasure(tx, world.store.receipts, who.person_id, now_ms=NOON_MS)
    assert await maker_for(world.store).make(who.person_id) is None


async def test_nothing_in_a_file_runs_or_is_loaded(world: World) -> None:
    """Whatever stands in the data: it is text, and the policy allows nothing."""
    who = await world.person()
    owner = Owner(who, random.Random(1))
    async with world.store.write() as tx:
        await owner.fill(tx)
    file = await file_of(world, who)
    assert file.count(b"<script") == file.count(b"</script") == 1
    assert b"default-src 'none'" in file
    assert b"<b>" not in file
    assert b"Example &lt;Gardeners&gt;" in file
    assert not any(word in file for word in (b" src=", b" href=", b"@import", b"url("))
