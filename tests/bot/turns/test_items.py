"""What is held, as items: whatever a person reads of one row stands together."""

import pytest

from bot.turns.items import Names, items_of, origin_of
from storage.data_map import COLUMNS
from storage.holdings import Held, exported_of

ROWS = sorted(table for table in COLUMNS if table != "people" and len(exported_of(table)) > 1)


@pytest.mark.parametrize("table", ROWS)
def test_a_row_is_not_torn_apart(table: str) -> None:
    """Cards put together what has one origin: a yes stays beside what it was said to."""
    assert len({origin_of(table, column) for column in exported_of(table)}) == 1


def test_who_tells_what() -> None:
    """What was typed, what Messenger told and what we made ourselves are told apart."""
    told = [("details", "value"), ("people", "psid"), ("consents", "act"), ("links", "use")]
    assert [origin_of(*one) for one in told] == ["provided", "observed", "observed", "derived"]


def test_what_has_a_name_is_told_by_it() -> None:
    """A purpose and a Page go by their names; one that is configured no more, by its id."""
    names = Names("Meta", purposes={"news": "Club news"}, pages={"1": "Garden Club"})
    held = [
        Held(table, column, 0, value, COLUMNS[table][column])
        for table, column, value in (
            *(("consents", "purpose_id", "news"), ("consents", "purpose_id", "gone")),
            ("people", "page_id", "1"),
        )
    ]
    told = [item.value for item in items_of(held, names, language="en")]
    assert told == ["Club news", "gone", "Garden Club (1)"]
