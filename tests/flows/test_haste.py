"""Who writes too often hears it once a minute; what must never fail is never counted."""

from datetime import UTC, datetime

import pytest

from bot.turns.pace import Pace
from flows.haste import CHAT, counted_as, most_per_minute, slow_down
from flows.kit.found import Found
from flows.kit.turn import Arrived, Event, HandedBack, Input, Said, Showed, Tapped, TimedOut
from flows.rights_words import RIGHTS
from flows.words import TABLE, as_shown
from tests.flows.chat import make_site

NOON_MS = 1_790_942_400_000
NOON = datetime.fromtimestamp(NOON_MS / 1000, UTC)
LANGUAGES = ("en", "de", "fr", "es", "it", "pl")


@pytest.mark.parametrize(
    ("came", "counted"),
    [
        (Said("Hello"), CHAT),
        (Said("menu"), CHAT),
        (Tapped("go:menu"), CHAT),
        (Showed("image"), CHAT),
        (Arrived("news"), CHAT),
        (Said("my data"), "my_data"),
        (Tapped("go:export"), "export"),
        (Said(" /Status now"), "/status"),
        (Said("/st-at.us"), "/status"),
        (Said("/admin claim ABCD-EFGH-JKMN"), "/admin"),
        (Tapped("cmd:/status"), "/status"),
        (Said("/" + "x" * 2000), CHAT),
        (Said("/made-up 1"), CHAT),
        (Said("/my data"), "my_data"),
        (Said("/stop"), None),
        (Said("/delete me"), None),
        (Said("stop"), None),
        (Said("please stop that"), None),
        (Tapped("go:stop"), None),
        (Said("delete me"), None),
        (Said("DELETE"), None),
        (Tapped("go:delete_me"), None),
        (HandedBack(), None),
        (TimedOut("ask"), None),
        (Found("export"), None),
    ],
)
def test_what_is_counted_as_what(came: Input, counted: str | None) -> None:
    """Rights and commands one by one, all else together, with made-up commands; STOP never."""
    assert counted_as(Event(came, at=NOON), "en") == counted


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", ["stop", "delete_me"])
def test_the_words_that_never_wait_do_so_in_every_language(word: str, language: str) -> None:
    """Every spelling of STOP and of DELETE ME, the typed word included, is answered in a flood."""
    for spelling in TABLE[word][language]:
        assert counted_as(Event(Said(spelling), at=NOON), language) is None, spelling


def test_what_another_app_answers_is_not_counted() -> None:
    """While a human holds the thread the bot keeps out of it, and counts nothing."""
    assert counted_as(Event(Said("Hello"), at=NOON, is_standby=True), "en") is None


@pytest.mark.parametrize(
    ("counted", "most"), [(CHAT, 30), *((right, 60) for right in RIGHTS), ("/status", 20)]
)
def test_so_many_are_answered_within_a_minute(counted: str, most: int) -> None:
    """Up to the limit each is answered, the next one hears it once, and then there is silence."""
    assert most_per_minute(counted) == most
    pace, verdicts = Pace(), []
    for place in range(most + 5):
        pace, verdict = pace.counting(counted, NOON_MS + place)
        verdicts.append(verdict)
    assert verdicts == ["answer"] * most + ["slow down"] + ["silence"] * 4
    pace, verdict = pace.counting(counted, NOON_MS + 59_999)
    assert verdict == "silence"
    pace, verdict = pace.counting(counted, NOON_MS + 60_000)
    assert (pace, verdict) == (Pace(NOON_MS + 60_000, {counted: 1}), "answer")


def test_one_flood_leaves_the_other_words_alone() -> None:
    """Who chats too much still gets their data; over both limits they hear it once, not twice."""
    pace, told = Pace(), 0
    for counted in (*[CHAT] * 40, *["my_data"] * 70):
        pace, verdict = pace.counting(counted, NOON_MS)
        told += verdict == "slow down"
        if counted == "my_data" and pace.counts["my_data"] <= most_per_minute("my_data"):
            assert verdict == "answer"
    assert told == 1


def test_the_counts_do_not_grow_with_the_flood() -> None:
    """What is kept of a flood ends one above the limit."""
    pace = Pace()
    for _ in range(1000):
        pace, _verdict = pace.counting(CHAT, NOON_MS)
    assert pace.counts == {CHAT: most_per_minute(CHAT) + 1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_told_in_every_language(language: str) -> None:
    """The one sentence names STOP and DELETE ME as they are typed in that language."""
    text = slow_down(make_site(), language).text
    assert "STOP" in text
    assert as_shown("delete_me", language) in text
    assert (text == slow_down(make_site(), "en").text) == (language == "en")
