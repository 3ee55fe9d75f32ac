"""What bounds a body is counted where Meta writes, not where people do."""

import json
from typing import Any

import pytest

from bot.inbound.events import Message, NotJson, TooManyItems, parse_body

from .bodies import PAGE_ID, an_item, parsed_from


def test_braces_that_people_write_are_no_objects() -> None:
    """One person's text of braces does not cost another person's STOP."""
    braces = [an_item(f"m_{n}", message={"mid": f"m_{n}", "text": "{" * 2000}) for n in range(101)]
    stop = an_item("m_stop", message={"mid": "m_stop", "text": "STOP"})
    events = parsed_from(*braces, stop).events
    assert len(events) == 102
    assert isinstance(events[-1], Message)
    assert events[-1].text == "STOP"


@pytest.mark.parametrize("mark", ['\\"{', "\\\\{", '"{"{', "}{\\"])
def test_braces_are_told_from_objects_behind_any_escape(mark: str) -> None:
    """Quotes and backslashes that people write do not end their text."""
    text = (mark * 2000)[:2000]
    items = [an_item(f"m_{n}", message={"mid": f"m_{n}", "text": text}) for n in range(401)]
    assert len(parsed_from(*items).events) == 401


def test_broken_strings_are_counted_quickly() -> None:
    """A body of quotes that never end is refused like any other that is too much."""
    with pytest.raises(NotJson):
        parse_body(b'"' + b'\\"{' * 1_000_000)
    with pytest.raises(TooManyItems):
        parse_body(b"{" * 1_000_000)


@pytest.mark.parametrize(
    ("time", "at_ms"),
    [
        (1795430400123, 1795430400123),
        ("1795430400", 1795430400000),
        (0, None),
        (None, None),
        ({}, None),
        ("1" * 5000, None),
    ],
)
@pytest.mark.parametrize("beside", [[], [5]], ids=["whole", "one by one"])
def test_entry_lends_its_time(time: Any, at_ms: int | None, beside: list[Any]) -> None:
    """An item without a time has its entry's, however that is written; nonsense is none."""
    entry = {
        "id": PAGE_ID,
        "time": time,
        "messaging": [an_item(timestamp=None), an_item(), *beside],
    }
    parsed = parse_body(json.dumps({"object": "page", "entry": [entry]}).encode())
    assert [event.at_ms for event in parsed.events] == [at_ms, 1795430399900]
