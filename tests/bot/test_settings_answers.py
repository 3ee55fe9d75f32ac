"""The organisation's own answers, and the words that they are given to."""

from typing import Any

import pytest

from bot.readiness.texts import text_faults
from bot.settings import Settings, SettingsFaults, parse_settings
from bot.site import sites

MEETING: dict[str, Any] = {
    "words": ["next meeting", "when do you meet"],
    "text": "On the first Tuesday.",
    "question": "When is the next meeting?",
    "de": {
        "words": ["nächstes Treffen"],
        "text": "Am ersten Dienstag.",
        "question": "Wann ist das nächste Treffen?",
    },
}


def read(*answers: dict[str, Any]) -> Settings:
    """Read settings with these answers, for a Page that speaks English and German."""
    raw: dict[str, Any] = {
        "environment": "development",
        "messenger": {"app_id": "1", "app_secret": "a" * 32, "verify_token": "b" * 16},
        "pages": [{"id": "1", "name": "Garden Club", "access_token": "t"}],
        "languages": {"default": "en", "offered": ["en", "de"]},
        "answers": list(answers),
    }
    return parse_settings(raw)


def at_fault(*answers: dict[str, Any]) -> list[str]:
    """Return the keys that are refused."""
    try:
        read(*answers)
    except SettingsFaults as refused:
        return [fault.key for fault in refused.faults]
    return []


def numbered(count: int, **more: Any) -> list[dict[str, Any]]:
    """Return so many answers, each with a word of its own."""
    made = []
    for n in range(count):
        asks = {"question": f"What about {n}?"} if more.get("asks") else {}
        made.append(
            {"words": [f"word {n}"], "text": "It is so.", **asks, "de": {"text": "So.", **asks}}
        )
    return made


def test_an_answer_reaches_the_conversations() -> None:
    """Words and question are heard in each spelling; the text stands as it was written."""
    (answer,) = sites(read(MEETING))["1"].answers
    assert answer.text == {"en": "On the first Tuesday.", "de": "Am ersten Dienstag."}
    assert {"next meeting", "when do you meet", "when is the next meeting"} == answer.words["en"]
    assert {"naechstes treffen", "nachstes treffen"} < answer.words["de"]
    assert answer.question["de"] == "Wann ist das nächste Treffen?"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"text": ""}, "answers.0.text"),
        ({"text": "x" * 2000}, "answers.0.text"),
        ({"de": None}, "answers.0.de"),
        ({"de": {"question": "Wann?"}}, "answers.0.de.text"),
        ({"de": {"text": "Am Dienstag."}}, "answers.0.question"),
        ({"question": ""}, "answers.0.question"),
        ({"question": "q" * 81}, "answers.0.question"),
        ({"words": [f"word {n}" for n in range(21)]}, "answers.0.words"),
        ({"words": ["🌻"]}, "answers.0.words"),
        ({"words": ["a"]}, "answers.0.words"),
        ({"words": ["Stop"]}, "answers.0.words"),
        ({"words": ["my data"]}, "answers.0.words"),
        ({"words": ["delete"]}, "answers.0.words"),
        ({"words": ["Löschen!"]}, "answers.0.words"),
        ({"words": ["menu"]}, "answers.0.words"),
        ({"words": ["arrêt"]}, "answers.0.words"),
        ({"words": ["yes"]}, "answers.0.words"),
        ({"words": ["bus stop"]}, "answers.0.words"),
        ({"question": "How do I unsubscribe?"}, "answers.0.question"),
        ({"title": "Meeting"}, "answers.0.title"),
    ],
)
def test_what_could_not_be_answered_is_refused(changes: dict[str, Any], key: str) -> None:
    """The one key that is wrong is the one that is told."""
    answer = {name: value for name, value in (MEETING | changes).items() if value is not None}
    assert at_fault(answer) == [key]


def test_the_fault_of_a_taken_word_says_where_to_look() -> None:
    """The advice names the list; the word itself is not repeated."""
    with pytest.raises(SettingsFaults) as refused:
        read(MEETING | {"words": ["Export"]})
    (fault,) = refused.value.faults
    assert "docs/words.md" in fault.mend
    assert "xport" not in fault.found + fault.mend


def test_an_answer_that_nothing_leads_to_is_refused() -> None:
    """A question alone is enough: whoever types it is answered."""
    silent = {"text": "So.", "de": {"text": "So."}}
    assert at_fault(silent) == ["answers.0.words"]
    assert at_fault({**silent, "question": "Why?", "de": {"text": "So.", "question": "W?"}}) == [
        "answers.0.de.question"
    ]
    asked = {"question": "Why so?", "de": {"text": "So.", "question": "Warum?"}}
    assert at_fault(silent | asked) == []


def test_a_word_belongs_to_one_answer() -> None:
    """However it is spelled, and in whatever language."""
    other = {"words": ["NÄCHSTES  treffen"], "text": "So.", "de": {"text": "So."}}
    assert at_fault(MEETING, other) == ["answers.1.words"]


def test_the_default_language_may_have_a_table_too() -> None:
    """Then the plain keys may be left out."""
    plain = {key: MEETING[key] for key in ("words", "text", "question")}
    assert at_fault({"en": plain, "de": MEETING["de"]}) == []


@pytest.mark.parametrize(
    ("count", "asks", "keys"),
    [(50, False, []), (51, False, ["answers"]), (4, True, []), (5, True, ["answers.question"])],
)
def test_there_are_not_too_many(count: int, asks: bool, keys: list[str]) -> None:  # noqa: FBT001 - a column of the table above
    """Fifty answers, and as many questions as Messenger shows."""
    assert at_fault(*numbered(count, asks=asks)) == keys


def test_check_counts_as_messenger_does() -> None:
    """An emoji is two characters there."""
    faults = text_faults(read(MEETING | {"text": "🌻" * 1000}))
    assert [fault.found.partition(":")[0] for fault in faults] == ["answer 1 (en)"]
