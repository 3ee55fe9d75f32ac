"""`quarantine`: what could not be handled, without what it says."""

import pytest

from bot.clock import SystemClock
from bot.settings import parse_settings
from bot.stores import open_store
from storage import NewEvent, NewPerson, PersonId, Store
from storage.db import schema
from tests.bot.commands.conftest import Operator
from tests.kit.deployment import PAGE

CANARY = "canary-of-a-persons-words"


@pytest.fixture
async def parked(operator: Operator) -> list[int]:
    """Two events that were given up on three hours ago."""
    store = open_store(parse_settings(operator.raw))
    try:
        await schema.upgrade(store.main, "main")
        await schema.upgrade(store.keyring.database, "keys")
        return [await park_one(store, number) for number in (1, 2)]
    finally:
        await store.close()


async def park_one(store: Store, number: int) -> int:
    """Keep an event of somebody new, and park it."""
    now_ms = SystemClock().now_ms() - 3 * 3_600_000
    who = PersonId(number.to_bytes(16))
    key = (await store.keyring.create([who], now_ms=now_ms))[who]
    person = NewPerson(
        person_id=who,
        page_id=PAGE,
        lookup=store.keyring.lookup(PAGE, str(number)),
        key=key,
        psid=str(number),
        window_ends_at_ms=now_ms,
        erase_due_at_ms=now_ms,
        created_at_ms=now_ms,
    )
    event_key = await store.inbox.event_key(now_ms, str(number))
    event = NewEvent(event_key, who, now_ms, now_ms, CANARY.encode())
    async with store.write() as tx:
        await store.people.add(tx, [person])
        await store.inbox.add(tx, [event])
        pending = await store.inbox.list_pending(tx, [who])
        await store.inbox.park(tx, pending[0], "ValueError")
    return pending[0].inbox_id


async def test_list_tells_no_content(operator: Operator, parked: list[int]) -> None:
    """A line for each with id, reason, age, attempts; one for each reason; nothing it says."""
    ended = await operator.runs("quarantine", "list")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        *(f"{id_}  ValueError  3 h old  1 attempt" for id_ in parked),
        "2 events: ValueError",
    ]
    assert CANARY not in ended.out + ended.err


async def test_release_by_id(operator: Operator, parked: list[int]) -> None:
    """An event that was named is tried again; the other one stays parked."""
    ended = await operator.runs("quarantine", "release", str(parked[0]))
    assert (ended.code, ended.out) == (0, "1 event will be tried again.\n")
    left = (await operator.runs("quarantine", "list")).out.splitlines()
    assert left[1:] == ["1 event: ValueError"]


async def test_drop_all(operator: Operator, parked: list[int]) -> None:
    """--all drops every parked event; then nothing is parked."""
    ended = await operator.runs("quarantine", "drop", "--all", "--yes")
    assert ended.out == f"{len(parked)} events dropped for good.\n"
    assert (await operator.runs("quarantine", "list")).out == "Nothing is in quarantine.\n"


async def test_drop_asks_first(operator: Operator, parked: list[int]) -> None:
    """Without a yes nothing is deleted."""
    line = ("--config", str(operator.config), "quarantine", "drop", "--all")
    ended = await operator.runs_alone(*line, typed="n\n")
    assert ended.code == 1
    left = (await operator.runs("quarantine", "list")).out
    assert left.splitlines()[-1] == f"{len(parked)} events: ValueError"


@pytest.mark.usefixtures("parked")
async def test_unknown_id(operator: Operator) -> None:
    """An id that is not parked is told once, and changes nothing."""
    ended = await operator.runs("quarantine", "drop", "999", "999", "--yes")
    assert (ended.code, ended.err) == (1, "1 of those named is not parked.\n")
    assert (await operator.runs("quarantine", "drop", "998", "999", "--yes")).err.startswith(
        "2 of those named are"
    )


async def test_names_or_all(operator: Operator) -> None:
    """Neither ids nor --all is wrong use, and so is both."""
    neither = await operator.runs("quarantine", "release")
    both = await operator.runs("quarantine", "release", "1", "--all")
    assert (neither.code, both.code) == (2, 2)
    assert "Name the events, or say --all." in neither.err
    assert "Name the events, or say --all, not both." in both.err


async def test_names_are_numbers(operator: Operator) -> None:
    """What is no number is wrong use, answered with where the numbers are."""
    ended = await operator.runs("quarantine", "release", "abc")
    assert ended.code == 2
    assert "Write the numbers that `quarantine list` shows." in ended.err


async def test_without_keys(operator: Operator) -> None:
    """Without the keys it says what is missing, as `check` does."""
    (operator.folder / "keys" / "keys.secret.epoch-1").unlink()
    ended = await operator.runs("quarantine", "list")
    assert ended.code == 2
    assert "Put keys.secret.epoch-1 back from its backup." in ended.err


async def test_without_tables(operator: Operator) -> None:
    """Before the tables exist it says which command makes them."""
    ended = await operator.runs("quarantine", "list")
    assert ended.code == 2
    assert "chatmagico db upgrade" in ended.err
