"""Quiet hours once more, right before messages are made: long lists and pauses reach into them.

by day    a message is made, good until the person's evening
by night  none is made: the delivery waits for the person's morning
"""

from collections import defaultdict
from collections.abc import Sequence

from bot.broadcasts.occurring import schedule_of
from bot.broadcasts.schedule import awake_ms, quiet_from_ms
from storage import Store, Transaction
from storage.broadcasts.records import Broadcast, DeliveryId, DueDelivery


async def sorted_by_clock(
    tx: Transaction,
    store: Store,
    broadcast: Broadcast,
    due: Sequence[DueDelivery],
    *,
    now_ms: int,
) -> tuple[list[DueDelivery], dict[DeliveryId, int]]:
    """Put off whoever has quiet hours; return the others, and when theirs begin."""
    if broadcast.what.is_urgent:
        return list(due), {}
    schedule = schedule_of(broadcast)
    zones = await store.audience.zones_of(tx, [one.person_id for one in due])
    awake, quiet_at_ms = list[DueDelivery](), dict[DeliveryId, int]()
    asleep: dict[int, list[DeliveryId]] = defaultdict(list)
    for one in due:
        zone = zones.get(one.person_id)
        due_at_ms = awake_ms(schedule, now_ms, zone)
        if due_at_ms > now_ms:
            asleep[due_at_ms].append(one.delivery_id)
            continue
        awake.append(one)
        quiet_at_ms[one.delivery_id] = quiet_from_ms(schedule, now_ms, zone)
    for due_at_ms, ids in asleep.items():
        await store.deliveries.put_off(tx, ids, due_at_ms=due_at_ms, now_ms=now_ms)
    return awake, quiet_at_ms
