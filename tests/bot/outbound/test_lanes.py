"""One function chooses the way of a message that nobody is waiting for, and says why."""

from dataclasses import replace

import pytest

from bot.outbound.lanes import lane_for
from storage import ConsentStatus, KnownPerson, PersonId

NOW_MS = 1_790_942_400_000
PERSON = KnownPerson(
    person_id=PersonId(b"p" * 16),
    page_id="1",
    key=b"k",
    state=None,
    language="en",
    window_ends_at_ms=NOW_MS + 1,
    muted_until_ms=0,
    unreachable_since_ms=None,
    restricted_since_ms=None,
    erase_due_at_ms=NOW_MS,
)
STOPPED = {"news": ConsentStatus(granted_at_ms=1, withdrawn_at_ms=2)}
AGREED = {"news": ConsentStatus(granted_at_ms=3, withdrawn_at_ms=2)}
CLOSED = (
    {"window_ends_at_ms": NOW_MS},
    {"muted_until_ms": NOW_MS + 1},
    {"unreachable_since_ms": 1},
)


def _way(
    person: KnownPerson = PERSON, *, is_asked_for: bool = False, has_mail: bool = False
) -> str:
    return lane_for(person, AGREED, is_asked_for=is_asked_for, has_mail=has_mail, now_ms=NOW_MS).way


def test_an_open_window_comes_first() -> None:
    """A notice goes into the chat, and by mail beside it where there is an address."""
    for has_mail in (True, False):
        lane = lane_for(PERSON, AGREED, is_asked_for=False, has_mail=has_mail, now_ms=NOW_MS)
        assert (lane.way, lane.is_mailed_too) == ("window", has_mail)


@pytest.mark.parametrize("closed", CLOSED)
def test_a_closed_chat_leads_to_mail_or_to_the_next_contact(closed: dict[str, int]) -> None:
    """Whether time is up, a human holds the thread, or Messenger does not reach them."""
    person = replace(PERSON, **closed)
    assert _way(person, has_mail=True) == "email"
    assert _way(person, has_mail=False) == "next_contact"


@pytest.mark.parametrize("has_mail", [True, False])
def test_what_was_not_asked_for_respects_stop_and_restriction(*, has_mail: bool) -> None:
    """It is told at the next contact only; what answers a request goes its way."""
    restricted = replace(PERSON, restricted_since_ms=1)
    assert _way(restricted, has_mail=has_mail) == "next_contact"
    assert _way(restricted, is_asked_for=True, has_mail=has_mail) == "window"
    for is_asked_for, way in ((False, "next_contact"), (True, "window")):
        lane = lane_for(
            PERSON, STOPPED, is_asked_for=is_asked_for, has_mail=has_mail, now_ms=NOW_MS
        )
        assert lane.way == way
        assert lane.reason


def test_without_a_key_there_is_no_way() -> None:
    """Nothing can be sealed for them."""
    assert _way(replace(PERSON, trouble="KeyLost"), has_mail=True) == "none"
