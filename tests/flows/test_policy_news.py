"""A new version of the notice is told in one bubble that fits, at a time that is fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows import policy_news
from flows.kit.effects import KeepAll, MarkPolicyTold
from flows.kit.person import ConsentState, PolicyChange, PolicyNews
from flows.kit.texts import LANGUAGES, translate
from flows.rights_words import RIGHTS
from flows.words import KEEP, STOP, as_shown
from tests.flows.chat import START, Chat, make_person, make_site

AGREED = ConsentState(granted_at=START - timedelta(days=1))
CHANGES = tuple(PolicyChange(kind, {"": f"{kind} " * 9}) for kind in policy_news.KINDS)
NEWS = PolicyNews(2, START, CHANGES, asks_again=frozenset({"news"}))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("days_ahead", [0, 7])
def test_whatever_changed_fits_one_bubble(language: str, days_ahead: int) -> None:
    """What has no room is left to the notice, whose address and whom to ask always stand there."""
    site = make_site(controller_name="Association " * 8, contact="privacy@example.org")
    news = replace(NEWS, holds_from=START + timedelta(days=days_ahead))
    told = policy_news.reply(site, language, news, {"news": AGREED}, START)
    assert translate(language, "Our notice on your data has changed.") in told.text
    assert translate(language, "And more.") in told.text
    assert site.privacy_url in told.text
    assert "privacy@example.org" in told.text
    assert len(told.buttons) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_comes_after_the_answer_with_its_quick_replies(language: str) -> None:
    """As a bubble of its own, and the ways onward stay under what comes last."""
    outcome = Chat(make_person(language, policy_news=NEWS)).says("qwertz")
    *before, last = outcome.replies
    assert before
    assert not any(reply.choices for reply in before)
    assert last.choices
    assert MarkPolicyTold() in outcome.effects


@pytest.mark.parametrize("word", [STOP, *RIGHTS])
def test_it_never_comes_around_stop_or_a_right(word: str) -> None:
    """It waits for another time."""
    outcome = Chat(make_person(policy_news=NEWS)).says(as_shown(word, "en"))
    assert MarkPolicyTold() not in outcome.effects


def test_keep_asks_first_what_the_notice_has_ended() -> None:
    """Where nothing was ended, all stays as it is and that is said."""
    ended = replace(AGREED, asked_anew_at=START - timedelta(hours=1))
    site = make_site(minimum_age=0)
    other = site.purposes[-1].id
    asked = Chat(make_person(consents={other: ended}), site)
    asked.says(as_shown(KEEP, "en"))
    assert site.purposes[-1].title["en"] in asked.text
    assert "May we send you this?" in asked.text
    kept = Chat(make_person(consents={other: AGREED}), site).says(as_shown(KEEP, "en"))
    assert KeepAll() in kept.effects


def test_a_yes_to_the_old_words_is_asked_for_again() -> None:
    """Whoever answers late is told why, and nothing is recorded as a yes."""
    site = make_site(minimum_age=0)
    chat = Chat(make_person(), site)
    chat.says("news")
    (first, *_) = site.purposes
    later = replace(AGREED, asked_anew_at=START + timedelta(days=1))
    chat.person = replace(chat.person, consents={first.id: later})
    outcome = chat.taps("Yes")
    assert "Our notice has changed since I asked, so I ask again." in chat.text
    assert outcome.effects == ()
