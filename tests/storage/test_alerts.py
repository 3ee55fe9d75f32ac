"""Alerts: raised once, due stage by stage, told once to each, settled, and forgotten."""

import pytest

from storage import Store
from storage.alerts import KEPT_MS, AlertKind, Stage
from tests.storage.make import DAY_MS, HOUR_MS, NOON_MS, World

CLOCK = [Stage(f"{hours} h", NOON_MS + hours * HOUR_MS) for hours in (24, 48, 66, 71)]


async def due(store: Store, now_ms: int) -> list[tuple[str, str, str]]:
    """Return what stands and is due: kind, object and stage."""
    async with store.read() as tx:
        found = await store.alerts.list_due(tx, now_ms=now_ms)
    return [(alert.kind, alert.about, alert.stage) for alert in found]


@pytest.mark.parametrize(
    ("hours", "stage"),
    [(0, None), (24, "24 h"), (47, "24 h"), (48, "48 h"), (66, "66 h"), (71, "71 h"), (99, "71 h")],
)
async def test_each_stage_is_due_from_its_moment_on(
    store: Store, hours: int, stage: str | None
) -> None:
    """Of one alert only the newest stage that is due stands; a millisecond before, it does not."""
    async with store.write() as tx:
        await store.alerts.raise_(tx, AlertKind.BREACH, "B-1", now_ms=NOON_MS, stages=CLOCK)
    expected = [] if stage is None else [("breach", "B-1", stage)]
    assert await due(store, NOON_MS + hours * HOUR_MS) == expected
    before = NOON_MS + int(stage.split()[0]) * HOUR_MS - 1 if stage else NOON_MS
    assert expected == [] or expected != await due(store, before)


async def test_raised_again_it_changes_its_times_and_is_no_second_one(
    world: World, store: Store
) -> None:
    """Who was told of a stage is not told of it again when its time is corrected."""
    admin = await world.person()
    async with store.write() as tx:
        await store.alerts.raise_(tx, AlertKind.BREACH, "B-1", now_ms=NOON_MS, stages=CLOCK)
        (first,) = await store.alerts.list_due(tx, now_ms=CLOCK[0].due_at_ms)
        told = {"lane": "window", "now_ms": NOON_MS}
        assert await store.alerts.note_told(tx, first, admin.person_id, **told)
        earlier = [Stage(stage.name, stage.due_at_ms - HOUR_MS) for stage in CLOCK]
        await store.alerts.raise_(tx, AlertKind.BREACH, "B-1", now_ms=NOON_MS, stages=earlier)
        (again,) = await store.alerts.list_due(tx, now_ms=earlier[0].due_at_ms)
        assert again.alert_id == first.alert_id
        assert not await store.alerts.note_told(tx, again, admin.person_id, **told)
        assert await store.alerts.list_told(tx, [again.alert_id]) == {
            (first.alert_id, admin.person_id)
        }


async def test_settled_it_stands_no_more_and_may_be_raised_anew(store: Store) -> None:
    """Settling ends every stage; what breaks again is a new alert, which nobody was told of."""
    async with store.write() as tx:
        await store.alerts.raise_(tx, AlertKind.TOKEN_REFUSED, "1", now_ms=NOON_MS)
        (first,) = await store.alerts.list_due(tx, now_ms=NOON_MS)
        assert await store.alerts.settle(tx, AlertKind.TOKEN_REFUSED, "1", now_ms=NOON_MS) == 1
        assert await store.alerts.list_due(tx, now_ms=NOON_MS) == []
        assert await store.alerts.settle(tx, AlertKind.TOKEN_REFUSED, "1", now_ms=NOON_MS) == 0
        await store.alerts.raise_(tx, AlertKind.TOKEN_REFUSED, "1", now_ms=NOON_MS)
        (second,) = await store.alerts.list_due(tx, now_ms=NOON_MS)
    assert second.alert_id != first.alert_id


async def test_what_is_not_named_any_more_is_settled(store: Store) -> None:
    """Who watches many things settles all but those that still stand, and no other kind."""
    async with store.write() as tx:
        for about in ("A", "B", "C"):
            await store.alerts.raise_(tx, AlertKind.CASE, about, now_ms=NOON_MS)
        await store.alerts.raise_(tx, AlertKind.MAIL, now_ms=NOON_MS)
        assert await store.alerts.settle_others(tx, AlertKind.CASE, ["B"], now_ms=NOON_MS) == 2
    assert {about for _, about, _ in await due(store, NOON_MS)} == {"B", ""}


async def test_a_settled_alert_is_forgotten_after_its_time(world: World, store: Store) -> None:
    """Ninety days after it was settled, an alert goes with the notes of who was told."""
    admin = await world.person()
    async with store.write() as tx:
        await store.alerts.raise_(tx, AlertKind.MAIL, now_ms=NOON_MS)
        (alert,) = await store.alerts.list_due(tx, now_ms=NOON_MS)
        await store.alerts.note_told(tx, alert, admin.person_id, lane="email", now_ms=NOON_MS)
        await store.alerts.settle(tx, AlertKind.MAIL, now_ms=NOON_MS)
    for now_ms, count in ((NOON_MS + KEPT_MS - 1, 0), (NOON_MS + KEPT_MS, 1)):
        gone = await store.delete_expired(now_ms=now_ms, deliveries_before_ms=0)
        assert (gone["alert_tellings"], gone["alerts"]) == (count, count)
    assert KEPT_MS == 90 * DAY_MS
