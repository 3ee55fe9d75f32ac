"""`consents export` and `ropa`: papers without people."""

import json

from storage.db.tables import consents
from tests.bot.commands.conftest import Operator
from tests.kit.deployment import deployed


async def test_the_record_of_a_purpose_counts_and_names_nobody(operator: Operator) -> None:
    """Two who said yes are a count of two; no id of theirs and no time of day is in it."""
    async with deployed(operator.databases) as deployment:
        for _ in range(2):
            chat = deployment.person()
            await chat.says("news")
            await chat.hears()
            await chat.taps("Yes")
            await chat.hears()
        ended = await operator.runs("consents", "export", "--purpose", "news")
        async with deployment.bot.store.read() as tx:
            rows = (await tx.execute(consents.select())).all()
    (event,) = json.loads(ended.out)["events"]
    assert (event["event_type"], event["number"]) == ("given", 2)
    assert "May we send you this?" in event["text"]
    for row in rows:
        assert row.person_id.hex() not in ended.out
        assert row.consent_id.hex() not in ended.out
        assert str(row.platform_at_ms) not in ended.out
    assert "T12:" not in ended.out


async def test_a_purpose_that_never_was_has_no_record(operator: Operator) -> None:
    """The command says so, and ends with 1."""
    async with deployed(operator.databases):
        ended = await operator.runs("consents", "export", "--purpose", "newz")
    assert (ended.code, ended.out) == (1, "")


async def test_the_record_of_processing_needs_no_database(operator: Operator) -> None:
    """It is printed, or written where one says."""
    shown = await operator.runs("ropa")
    file = operator.folder / "ropa.md"
    written = await operator.runs("ropa", "--output", str(file))
    assert (shown.code, written.code, written.out) == (0, 0, "")
    assert shown.out == file.read_text("utf-8")
    assert "Garden and Book Club" in shown.out
