"""Consent records: one per person and purpose, and one per purpose without anybody."""

from datetime import date
from typing import Any

from bot.pages.facts import Pages
from bot.papers.consent_records import ConsentRecords
from bot.settings import parse_settings
from storage.consent_history import CountedActs, RecordedAct
from tests.bot.pages.conftest import RAW
from tests.storage.make import NOON_MS

TODAY = date(2026, 11, 23)
PRINCIPAL = "ab" * 32
RECORDS = ConsentRecords(Pages.of(parse_settings(RAW)))


def act(
    number: int, kind: str, *, purpose: str = "news", shown: str | None = None, at_ms: int = NOON_MS
) -> RecordedAct:
    """Make an act that was recorded in the order of the numbers."""
    return RecordedAct(
        consent_id=bytes([number]) * 16,
        purpose_id=purpose,
        act=kind,
        counts=True,
        platform_at_ms=at_ms,
        recorded_at_ms=NOON_MS + number,
        text_hash=bytes(32) if shown else None,
        text_version="opt_in/1" if shown else None,
        language="de" if shown else None,
        shown=shown,
        leaf_index=number,
    )


def records(*acts: RecordedAct, language: str = "en") -> list[dict[str, Any]]:
    """Return the records of somebody."""
    return RECORDS.of_person(acts, principal=PRINCIPAL, language=language, made_on=TODAY)


def test_there_is_a_record_for_each_purpose() -> None:
    """Each with its own acts only, in the order in which they were given."""
    found = records(
        act(1, "granted"), act(2, "refused", purpose="tips"), act(3, "withdrawn"), act(4, "granted")
    )
    told = {
        one["processing"]["purpose"]["id"]: [event["event_type"] for event in one["events"]]
        for one in found
    }
    assert told == {"news": ["given", "withdrawn", "given"], "tips": ["refused"]}


def test_an_act_is_told_with_the_words_that_were_shown() -> None:
    """Text, hash, version, language and time; a withdrawal was answered to no text."""
    (one,) = records(act(1, "granted", shown="Dürfen wir?"), act(2, "withdrawn"))
    given, withdrawn = one["events"]
    assert given == {
        "event_id": "01" * 16,
        "event_type": "given",
        "event_time": "2026-10-02T12:00:00+00:00",
        "recorded_at": "2026-10-02T12:00:00+00:00",
        "changed_anything": True,
        "channel": "messenger",
        "language": "de",
        "text_version": "opt_in/1",
        "text_sha256": "00" * 32,
        "text": "Dürfen wir?",
        "ledger_line": 1,
    }
    assert withdrawn.keys().isdisjoint({"text", "text_version", "text_sha256", "language"})


def test_a_record_keeps_its_number() -> None:
    """It is that of the act recorded first, also when an older one arrives late."""
    first = records(act(1, "granted"))[0]["header"]["record_id"]
    late = act(2, "refused", at_ms=NOON_MS - 1)
    assert records(late, act(1, "granted"))[0]["header"]["record_id"] == first == "01" * 16


def test_a_record_names_who_gets_the_data_for_this_purpose() -> None:
    """Recipients of other purposes are left out, and a country outside the EEA is marked."""
    news, tips = records(act(1, "granted"), act(2, "granted", purpose="tips"))
    assert news["processing"]["recipients"] == ["Meta", "Example Hosting", "Example Post"]
    assert tips["processing"]["recipients"] == ["Meta", "Example Hosting"]
    post = news["parties"][-1]
    assert (post["party_country"], post["is_outside_eea"]) == ("US", True)
    assert news["parties"][0]["party_name"] == "Example Gardeners"


def test_a_record_speaks_the_language_of_its_person() -> None:
    """The purpose, the basis and the words that withdraw; what was shown stays as it was."""
    (one,) = records(act(1, "granted", shown="May we?"), language="de")
    processing = one["processing"]
    assert processing["purpose"]["title"] == "Monatsbrief"
    assert processing["lawful_basis"].startswith("Ihre Einwilligung")
    assert "WIDERRUFEN" in processing["withdrawal_method"]
    assert one["events"][0]["text"] == "May we?"


def test_a_purpose_that_is_gone_still_has_its_record() -> None:
    """Only its id is known then, and what was shown."""
    (one,) = records(act(1, "granted", purpose="gone", shown="May we?"))
    assert one["processing"]["purpose"] == {"id": "gone"}
    assert one["events"][0]["text"] == "May we?"


def test_a_purpose_has_a_record_without_people() -> None:
    """It counts by text and kind, and has neither an id of anybody nor a time."""
    counted = CountedActs(
        act="granted",
        counts=True,
        number=7,
        text_hash=bytes(32),
        text_version="opt_in/1",
        language="en",
        shown="May we?",
    )
    told = RECORDS.of_purpose("news", [counted], made_on=TODAY)
    assert told["events"] == [
        {
            "event_type": "given",
            "changed_anything": True,
            "language": "en",
            "text_version": "opt_in/1",
            "text_sha256": "00" * 32,
            "text": "May we?",
            "number": 7,
        }
    ]
    assert told["header"].keys().isdisjoint({"record_id", "pii_principal_id"})
    assert told["processing"]["as_configured_on"] == "2026-11-23"
