"""After an erasure the ledger still verifies, and no line can be led back to anybody."""

import hashlib
import hmac
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage import Store
from storage.consents import content_of
from storage.db.ledger_tables import ledger_entries, ledger_openings
from storage.db.tables import consents, main
from storage.ledger.leaf import Opening, canonical
from storage.ledger.ledger import opening_cell
from storage.vault.sealing import SealedBytes, open_sealed
from tests.storage.ledger.keeping import agree, audited, sign
from tests.storage.make import DAY_MS, NOON_MS, Known, World

LATER_MS = NOON_MS + 30 * DAY_MS


async def table(store: Store, what: sa.Table) -> list[dict[str, Any]]:
    """Return a table's rows."""
    async with store.read() as tx:
        return [dict(row) for row in (await tx.execute(what.select())).mappings()]


def opened(rows: Iterable[dict[str, Any]], who: Known) -> dict[int, Opening]:
    """Open what a person's key opens of these openings."""
    found = {}
    for row in rows:
        cell = opening_cell(row["consent_id"], row["person_id"])
        kept = open_sealed(who.key, SealedBytes(row["opening"]), cell)
        found[row["leaf_index"]] = Opening.from_bytes(kept)
    return found


async def values_left(store: Store) -> set[bytes]:
    """Return every value that is left in the database, as bytes."""
    left: set[bytes] = set()
    for one in main.sorted_tables:
        for row in await table(store, one):
            values = (value for value in row.values() if value is not None)
            left |= {v if isinstance(v, bytes) else str(v).encode() for v in values}
    return left


async def test_no_line_of_an_erased_person_can_be_found_again(world: World, tmp_path: Path) -> None:
    """With all that is left and all that was known of the erased, no commitment can be made."""
    store = world.store
    stay = await world.people(4)
    go = [await world.person(erase_due_at_ms=LATER_MS) for _ in range(4)]
    for who in stay:
        async with store.write() as tx:
            people = main.tables["people"]
            mine = people.c.person_id == who.person_id
            await tx.execute(people.update().where(mine).values(erase_due_at_ms=LATER_MS + DAY_MS))
    for who in (*stay, *go):
        await agree(store, who, who)
    await sign(store, tmp_path)
    lines = {row["leaf_index"]: row["commitment"] for row in await table(store, ledger_entries)}
    sealed_of = {
        who.person_id: [
            row for row in await table(store, ledger_openings) if row["person_id"] == who.person_id
        ]
        for who in (*stay, *go)
    }
    known = [canonical(content_of(row)) for row in await table(store, consents)]
    for who in (*stay, *go):
        found = opened(sealed_of[who.person_id], who)
        assert all(one.commitment() == lines[at] for at, one in found.items())
        assert len({one.salt for one in found.values()}) == len(found) == 2
    assert await store.erase_due(now_ms=LATER_MS) == len(go)
    left = await values_left(store)
    for who in go:
        assert await store.keyring.find([who.person_id]) == {}
        for row in sealed_of[who.person_id]:
            assert not {row["opening"], row["person_id"], row["consent_id"]} & left
    # Every content that ever was, under every value that is left or that anybody would try.
    of_them = {value for who in go for value in (who.psid.encode(), who.person_id, who.lookup)}
    tried = left | of_them | {b"", bytes(32)}
    salts = tried | {hashlib.sha256(value).digest() for value in tried}
    makeable = {hmac.digest(salt, content, hashlib.sha256) for salt in salts for content in known}
    assert not makeable & set(lines.values())
    found_after = await audited(store, tmp_path)
    assert (found_after.faults, found_after.size, found_after.openings) == ([], 16, 8)


async def test_a_line_says_nothing_but_kind_and_day(world: World) -> None:
    """Two people's lines differ in nothing but the commitment."""
    await agree(world.store, *await world.people(5))
    rows = await table(world.store, ledger_entries)
    assert {(row["kind"], row["day"]) for row in rows} == {("consent", NOON_MS // DAY_MS)}
    assert set(rows[0]) == {"leaf_index", "kind", "day", "commitment"}
