"""The Page's own answers: when they are given, and what comes before them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows import profile
from flows.kit.answer import Answer, heard_in
from flows.kit.effects import KeepDetail, MarkTold, RunCommand, SetLanguage, Withdraw
from flows.kit.person import Memory
from flows.kit.texts import LANGUAGES, translate
from flows.kit.turn import Tapped
from tests.flows.chat import Chat, make_person, make_site
from tests.flows.reaching import PLACES, reach

TEXT = {"en": "On the first Tuesday.", "de": "Am ersten Dienstag."}
ASKED = {"en": "When is the next meeting?", "de": "Wann ist das nächste Treffen?"}
MEETING = Answer(
    {
        "en": heard_in("next meeting", "meeting", ASKED["en"]),
        "de": heard_in("Treffen", "Grillfest", ASKED["de"]),
    },
    TEXT,
    ASKED,
)
PLACE = Answer({"en": heard_in("where is the meeting"), "de": frozenset()}, {"en": "The library."})
SITE = make_site(answers=(MEETING, PLACE))
#: What is asked there takes any text, which goes on as a command.
WRITTEN_BY_ADMINS = {
    ("admin_cases", "text"),
    ("admin_broadcast_writing", "words"),
    ("admin_breach_writing", "words"),
}


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("meeting", "On the first Tuesday."),
        ("MEETING?!", "On the first Tuesday."),
        ("Hello, when is the NEXT   meeting, please?", "On the first Tuesday."),
        ("wann ist das naechste treffen", "On the first Tuesday."),
        ("so, where is the meeting?", "The library."),
    ],
)
def test_a_text_with_the_words_in_it_is_answered(said: str, answer: str) -> None:
    """As whole words, in any language offered, the longest phrase first; with a way to the team."""
    chat = Chat(site=SITE)
    chat.says(said)
    assert chat.text == answer
    assert chat.titles == ("Ask the team", "News", "Menu")


@pytest.mark.parametrize("said", ["meetings", "next", "themeeting", "is where the meet ing"])
def test_part_of_a_word_is_no_word(said: str) -> None:
    """Nobody is answered what they did not ask."""
    assert Chat(site=SITE).says(said).flow_name == "lost"


def test_somebody_new_is_answered_first() -> None:
    """Then they hear that it is a bot, in the same bubble and in the language they asked in."""
    chat = Chat(make_person(memory=Memory()), SITE)
    outcome = chat.says("Gibt es ein Grillfest?")
    (reply,) = outcome.replies
    assert reply.text.startswith("Am ersten Dienstag.\n\nIch bin ein automatischer Bot.")
    assert outcome.effects == (SetLanguage("de"), MarkTold())


@pytest.mark.parametrize(
    ("said", "flow"),
    [("stop", "stop"), ("stop the meeting", "stop"), ("my data", "my_data"), ("menu", "menu")],
)
def test_stop_and_our_own_words_come_first(said: str, flow: str) -> None:
    """Even where the configuration was not checked, rights are not answered away."""
    greedy = Answer({"en": heard_in("stop", "my data", "menu", "meeting")}, {"en": "No."})
    outcome = Chat(site=make_site(answers=(greedy,))).says(said)
    assert outcome.flow_name == flow
    assert (Withdraw() in outcome.effects) == (flow == "stop")


@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_an_open_question_is_asked_again_after_the_answer(place: tuple[str, str]) -> None:
    """The person stays where they are, with the same buttons; what admins write is theirs."""
    chat = reach(place)
    chat.site = replace(chat.site, answers=(MEETING,))
    before, choices = chat.person.position, chat.outcome.replies[-1].choices
    outcome = chat.says("when is the next meeting?")
    if place in WRITTEN_BY_ADMINS:
        assert isinstance(outcome.effects[0], RunCommand)
        return
    assert chat.text.startswith("On the first Tuesday.")
    if place != ("stop", "meant"):
        assert outcome.position == before
        assert outcome.replies[-1].choices == choices


def test_what_answers_the_question_is_no_question_of_its_own() -> None:
    """A button's title and its other words go to the place that asked."""
    greedy = Answer({"en": heard_in("yes please", "yes")}, {"en": "Not this."})
    chat = Chat(site=make_site(answers=(greedy,), minimum_age=0))
    chat.says("news")
    assert chat.says("yes please").effects
    assert "Not this." not in chat.text


def test_a_name_is_kept_though_it_is_a_word_of_an_answer() -> None:
    """What was asked for comes before what may be meant too, unless it is a whole question."""
    chat = reach(("details", "write"))
    chat.site = replace(chat.site, answers=(MEETING,))
    assert chat.says("when is the next meeting").effects == ()
    assert isinstance(chat.says("next meeting").effects[0], KeepDetail)


def test_a_human_in_the_thread_is_not_answered_for() -> None:
    """While somebody of the team writes, the bot is quiet."""
    assert Chat(make_person(is_muted=True), SITE).says("meeting").replies == ()


def test_an_unknown_text_offers_the_team() -> None:
    """One tap opens the request."""
    chat = Chat(site=SITE)
    assert chat.says("qwertz").place == "unknown"
    assert chat.titles == ("Ask the team", "News", "Help", "Menu")
    assert chat.taps("Ask the team").flow_name == "team"
    assert "C-1" in chat.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_team_is_offered_in_every_language(language: str) -> None:
    """By its translated title."""
    chat = Chat(make_person(language))
    chat.says("qwertz")
    assert chat.titles[0] == translate(language, "Ask the team")


def test_help_names_the_questions() -> None:
    """In the person's language."""
    chat = Chat(make_person("de"), SITE)
    chat.says("hilfe")
    assert "Sie können auch fragen: Wann ist das nächste Treffen?" in chat.text


def test_questions_are_ice_breakers_before_ours() -> None:
    """Four at most; what is kept about people stays the longest."""
    for count, ours in ((1, 3), (2, 2), (3, 1), (4, 0)):
        shown = profile(replace(SITE, answers=(MEETING, *_more(count - 1)))).ice_breakers["en"]
        assert len(shown) == 4
        assert shown[0].question == ASKED["en"]
        assert sum(one.payload.startswith("ice:en:question ") for one in shown) == count - 1
        kept = [one.question for one in shown[count:]]
        assert len(kept) == ours
        assert not ours or "What do you keep about me?" in kept


def _more(count: int) -> tuple[Answer, ...]:
    asked = [f"Question {n}?" for n in range(count)]
    return tuple(Answer({"en": heard_in(one)}, {"en": "Yes."}, {"en": one}) for one in asked)


@pytest.mark.parametrize("language", ["en", "de"])
def test_an_ice_breaker_leads_to_its_answer(language: str) -> None:
    """In the language of the question, and also while something else is asked."""
    ice = profile(SITE).ice_breakers[language][0]
    chat = Chat(make_person(memory=Memory()), SITE)
    chat.happens(Tapped(ice.payload, ice.question))
    assert chat.text.startswith(TEXT[language])
    assert chat.person.language == language
    chat.happens(Tapped("go:news"))
    asked = chat.text
    chat.happens(Tapped(ice.payload, ice.question))
    assert chat.text == f"{TEXT[language]}\n\n{asked}"


def test_an_ice_breaker_of_an_older_configuration_is_not_guessed() -> None:
    """Messenger may show it for a while."""
    old = Tapped("ice:en:when is the garden open", "When is the garden open?")
    assert Chat(site=SITE).happens(old).flow_name == "lost"
