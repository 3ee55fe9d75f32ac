"""The record of processing: whole, from the data map and the configuration."""

from datetime import date

import pytest

from bot.papers.activities import activities
from bot.settings import parse_settings
from storage.data_map import COLUMNS, FIELDS, Basis
from tests.bot.pages.conftest import RAW

TODAY = date(2026, 11, 23)
RECORD = activities(parse_settings(RAW), made_on=TODAY)
ABOUT_PEOPLE = [
    table
    for table, columns in COLUMNS.items()
    if any(entry.basis is not Basis.NONE for entry in columns.values())
]


@pytest.mark.parametrize("table", ABOUT_PEOPLE)
def test_every_table_about_people_is_in_it(table: str) -> None:
    """With each of its columns, what for, on what basis and for how long."""
    section = RECORD.partition(f": `{table}`\n")[2].partition("\n## ")[0].partition("\n### ")[0]
    for entry in COLUMNS[table].values():
        if entry.basis is not Basis.NONE:
            assert f"| {entry.holds} | {entry.purpose} | {entry.basis} | {entry.kept} |" in section


def test_every_note_of_a_conversation_is_in_it() -> None:
    """What stands inside the sealed state is told as well."""
    for entry in FIELDS.values():
        assert f"| {entry.holds} |" in RECORD


def test_every_purpose_and_recipient_is_in_it() -> None:
    """As configured, with countries and who is outside the EEA."""
    assert "| news | Monthly news | Once a month, what we do. | marketing | nothing |" in RECORD
    assert "| Example Hosting | hosting | DE | all |" in RECORD
    assert "| Example Post | mail | US | Monthly news |" in RECORD
    transfers = RECORD.partition("## Transfers")[2].partition("\n## ")[0]
    assert "- Example Post, US" in transfers
    assert "Example Hosting" not in transfers


def test_the_controller_and_the_periods_are_in_it() -> None:
    """As configured; what nobody configured is said to be missing."""
    assert "| address | 1 Example Street 10000 Example Town |" in RECORD
    assert "| data protection officer | dpo@example.org |" in RECORD
    assert "| took back every yes | 31 days after that |" in RECORD
    bare = activities(parse_settings(RAW | {"controller": {}}), made_on=TODAY)
    assert "| name | *not configured: see [controller]* |" in bare


def test_a_configured_text_cannot_break_its_table() -> None:
    """A bar or a line break in a name stays in its cell."""
    recipient = {"name": "A | B\n# C", "role": "post", "country": "DE"}
    text = activities(parse_settings(RAW | {"recipients": [recipient]}), made_on=TODAY)
    assert "| A \\| B # C | post | DE | all |" in text
