"""B2 and B4: what a draft waits for, and when the exemption of Art. 34(3)(a) is named."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flows.breaches.drafts import (
    DraftBlocked,
    Known,
    NoticeTooLong,
    draft_text,
    notices,
)
from flows.breaches.fields import BY_NAME, DRAFTS, FIELDS, LATE, Draft
from flows.breaches.words import MAX_GREETING_CHARS, MAX_NOTICE_CHARS, greeting_text
from flows.kit.reply import length_of
from flows.kit.texts import LANGUAGES

VALUES = {one.name: f"<{one.name}>" for one in FIELDS} | {"keys_reached": "unknown"}
KNOWN = Known(
    number="7KQ2-M4XD",
    aware_at=datetime(2026, 11, 23, 14, 5, tzinfo=UTC),
    values=VALUES,
    controller="Garden Club",
    languages=LANGUAGES,
    url="https://bot.example.org/privacy",
    is_late=False,
)
#: What the law asks for, written down here once more: Art. 33(3), 34(2), 33(5) GDPR.
WANTED: dict[Draft, set[str]] = {
    "authority": {
        *("nature", "people_kinds", "people_count", "record_kinds", "record_count"),
        *("contact", "consequences", "measures", "keys_reached"),
    },
    "people": {
        *("plain_nature", "contact", "plain_consequences", "plain_measures", "keys_reached"),
    },
    "meta": {"nature", "people_kinds", "people_count", "record_kinds", "measures", "contact"},
    "public": {"plain_nature", "contact", "plain_consequences", "plain_measures"},
    "register": {"nature", "facts", "effects", "remedy", "keys_reached"},
}
every_want = pytest.mark.parametrize(
    ("draft", "name"), [(draft, name) for draft in DRAFTS for name in sorted(WANTED[draft])]
)
EXEMPTION = "34(3)(a)"


@every_want
def test_a_missing_field_blocks_its_draft_and_is_named(draft: Draft, name: str) -> None:
    """Whatever the law asks for is there, or there is no draft; the refusal says what it is."""
    values = {one: value for one, value in VALUES.items() if one != name}
    with pytest.raises(DraftBlocked) as blocked:
        draft_text(draft, replace(KNOWN, values=values))
    assert blocked.value.titles == (BY_NAME[name].title,)


@pytest.mark.parametrize("draft", DRAFTS)
def test_a_draft_waits_for_nothing_else(draft: Draft) -> None:
    """With the fields of its article, and no others, a draft can be made and has them all."""
    values = {name: VALUES[name] for name in WANTED[draft]}
    text = draft_text(draft, replace(KNOWN, values=values))
    for name in WANTED[draft] - {"keys_reached"}:
        assert f"<{name}>" in text, name


def test_after_72_hours_the_delay_has_to_be_explained() -> None:
    """Art. 33(1): a late notification has the reasons for the delay."""
    late = replace(KNOWN, is_late=True)
    with pytest.raises(DraftBlocked) as blocked:
        draft_text("authority", late)
    assert blocked.value.titles == (LATE.title,)
    explained = replace(late, values={**VALUES, LATE.name: "<why>"})
    assert "<why>" in draft_text("authority", explained)


@pytest.mark.parametrize(
    ("reached", "names_it"), [("no", True), ("yes", False), ("unknown", False)]
)
def test_the_exemption_is_named_only_where_keys_were_out_of_reach(
    reached: str, *, names_it: bool
) -> None:
    """A draft never suggests Art. 34(3)(a) while the intruder may have had the keys."""
    known = replace(KNOWN, values={**VALUES, "keys_reached": reached})
    texts = {draft: draft_text(draft, known) for draft in DRAFTS}
    assert (EXEMPTION in texts.pop("authority")) is names_it
    assert not any(EXEMPTION in text for text in texts.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_notice_fits_one_message(language: str) -> None:
    """Whatever the fields take, the notice is one bubble in every language."""
    longest = {one.name: "w" * one.max_chars for one in FIELDS} | {"keys_reached": "no"}
    texts = notices(replace(KNOWN, values=longest, controller="c" * 100))
    assert length_of(texts[language]) <= MAX_NOTICE_CHARS


def test_a_notice_that_does_not_fit_is_refused() -> None:
    """A controller's name may be of any length: what is too long is told, not cut."""
    with pytest.raises(NoticeTooLong, match="characters"):
        notices(replace(KNOWN, controller="c" * MAX_NOTICE_CHARS))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_greeting_fits(language: str) -> None:
    """Messenger takes 160 characters, and an address needs room."""
    assert length_of(greeting_text(language, url="https://" + "u" * 40)) <= MAX_GREETING_CHARS


def test_people_read_a_translation_where_there_is_one() -> None:
    """The controller's own words are translated by hand; without that, they stay as they are."""
    texts = notices(replace(KNOWN, values={**VALUES, "plain_nature:de": "<auf Deutsch>"}))
    assert "<auf Deutsch>" in texts["de"]
    assert "<plain_nature>" in texts["fr"]
    assert "your own words are not translated yet" in draft_text("people", KNOWN)


@pytest.mark.parametrize(
    ("name", "value"),
    [("nature", " "), ("people_count", "many"), ("people_count", "-4"), ("keys_reached", "maybe")],
)
def test_an_answer_that_is_none_is_refused(name: str, value: str) -> None:
    """Empty texts, words for numbers and a fourth choice are told as faults."""
    assert BY_NAME[name].fault_of(value)
