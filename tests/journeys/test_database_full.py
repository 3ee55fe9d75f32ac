"""A database that is full at its nth new page, as SQLite itself says it (`SQLITE_FULL`).

`PRAGMA max_page_count` holds for one connection, so each gets it anew when it is taken.
"""

from typing import Any

import pytest
import sqlalchemy as sa

from tests.kit.deployment import Databases, deployed
from tests.kit.history import History

#: SQLite's own limit: as good as none.
_NO_LIMIT = 2**31 - 2
_WRITERS = 80


class Limit:
    """How large a database may be; each of its connections learns it when it is taken."""

    def __init__(self, engine: sa.Engine) -> None:
        self._room: int | None = None
        self._most = _NO_LIMIT
        sa.event.listen(engine, "checkout", self._set)

    def leave(self, pages: int) -> None:
        """Leave room for so many new pages from now on."""
        self._room = pages

    def lift(self) -> None:
        """Leave all the room there is."""
        self._room, self._most = None, _NO_LIMIT

    def _set(self, connection: Any, *_: object) -> None:
        cursor = connection.cursor()
        if self._room is not None:
            cursor.execute("PRAGMA page_count")
            self._most, self._room = cursor.fetchone()[0] + self._room, None
        cursor.execute(f"PRAGMA max_page_count={self._most}")
        cursor.close()


@pytest.mark.parametrize("pages", [0, 1, 2, 3, 5])
async def test_full_at_any_new_page_it_keeps_what_it_acknowledged(
    databases: Databases, capfd: pytest.CaptureFixture[str], *, pages: int
) -> None:
    """Nothing is acknowledged that is not kept; with room, everybody is answered, and once."""
    async with deployed(databases) as deployment:
        store = deployment.bot.store
        limits = [Limit(one.engine.sync_engine) for one in (store.main, store.keyring.database)]
        people = [deployment.simulator.add_person() for _ in range(_WRITERS)]
        events = {psid: deployment.simulator.text_event(psid, "hello") for psid in people}
        for limit in limits:
            limit.leave(pages)
        statuses = {psid: await deployment.simulator.post([one]) for psid, one in events.items()}
        assert set(statuses.values()) == {200, 503}
        for limit in limits:
            limit.lift()
        for psid, status in statuses.items():
            if status != 200:
                assert await deployment.simulator.post([events[psid]]) == 200
        for psid in people:
            await deployment.chat(psid).hears()
        await deployment.settles()
        assert all(History.of(deployment.simulator, psid).repeats == 0 for psid in people)
    assert "SQLITE_FULL" in capfd.readouterr().err
