"""The last message of a Page whose bot ends."""

from datetime import UTC, datetime

import pytest

from flows.farewell import farewell
from flows.kit.texts import LANGUAGES
from tests.flows.chat import make_site

_AT = datetime(2026, 11, 2, tzinfo=UTC)
#: Messenger's limit for a text.
_MAX_CHARS = 1999


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_names_the_receipt_and_what_stays(language: str) -> None:
    """Who else is told, and proof that is kept, are said with their last days; else not."""
    plain = farewell(language, make_site(), number="7KQ2-M4XD-9TRA", at=_AT)
    site = make_site(told_days=30, evidence_days=1000)
    full = farewell(language, site, number="7KQ2-M4XD-9TRA", at=_AT)
    assert "7KQ2-M4XD-9TRA" in plain
    assert plain.count("\n\n") == 1
    assert full.count("\n\n") == 3
    assert "2029" in full
    assert "{" not in full
    assert len(full) <= _MAX_CHARS
