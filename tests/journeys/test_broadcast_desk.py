"""What an admin can do with a broadcast before it goes out, and what is refused."""

from dataclasses import replace

import pytest

from bot.broadcasts.acts import Draft
from bot.broadcasts.content import Link
from bot.broadcasts.errors import BroadcastError, DraftRefused, WrongState
from tests.kit.broadcasting import DRAFT, NOW, Broadcasting, readers
from tests.kit.deployment import PAGE, Databases, Deployment, deployed

_DAY_S = 24 * 3600


async def test_a_preview_counts_each_lane(deployment: Deployment) -> None:
    """Before it is confirmed an admin sees who gets it which way, who does not and why."""
    on = Broadcasting(deployment)
    early = await on.reader()
    deployment.clock.move(_DAY_S + 60)
    for chat in (await on.reader(), await on.reader()):
        await chat.says("STOP")
        await chat.hears()
    restricting = await on.reader()
    await restricting.says("restrict")
    await restricting.hears()
    await on.reader()
    number = await on.desk.draft(DRAFT, now_ms=on.now_ms)
    seen = await on.desk.preview(number, NOW, now_ms=on.now_ms)
    assert seen.lanes == {"window": 1, "next_contact": 1}
    assert seen.never == {"opted out": 2, "restricted": 1}
    assert seen.audience == 5
    assert len(early.bubbles()) == 2


async def test_a_preview_tells_the_end_and_the_chats_that_close_before(
    deployment: Deployment,
) -> None:
    """At 35 a second 80 people take two seconds, and a chat that closes meanwhile is counted."""
    on = Broadcasting(deployment)
    await readers(deployment.bot.store, deployment.simulator, 80, now_ms=on.now_ms)
    number = await on.desk.draft(DRAFT, now_ms=on.now_ms)
    seen = await on.desk.preview(number, NOW, now_ms=on.now_ms)
    assert seen.ends_at_ms - seen.starts_at_ms == 80 * 1000 // 35
    deployment.clock.move(_DAY_S - 120)
    now_ms = on.now_ms + 119_000  # by now the earliest chats have a second left
    late = await on.desk.preview(number, NOW, now_ms=now_ms)
    assert 0 < late.closing_before + late.lanes.get("next_contact", 0) <= 80


async def test_a_test_send_reaches_one_person_as_all_would_get_it(deployment: Deployment) -> None:
    """It comes with everything the sender adds, and counts for nothing."""
    on = Broadcasting(deployment)
    anna, karl = await on.reader(), await on.reader("de")
    number = await on.desk.draft(
        replace(DRAFT, link=Link({"en": "Details"}, "https://club.example.org")), now_ms=on.now_ms
    )
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, anna.psid)
    async with store.write() as tx:
        person = (await store.people.find(tx, [lookup]))[lookup]
        await on.desk.acts.try_out(tx, number, person, now_ms=on.now_ms)
    told = await anna.hears("STOP ends it")
    assert [button.title for button in told.buttons] == [
        "Details",
        "Unsubscribe",
        "Unsubscribe online",
    ]
    assert len(karl.bubbles()) == 2
    assert (await on.report(number)).audience == 0


async def test_a_copy_is_a_draft_again(deployment: Deployment) -> None:
    """What went out can be sent anew, under a number of its own."""
    on = Broadcasting(deployment)
    first = await on.begins()
    await on.until(first, "over")
    second = await on.desk.copy(first, made_by="admin-2", now_ms=on.now_ms)
    copied = await on.desk.show(second)
    assert (copied.state, copied.what.title, copied.what.made_by) == (
        "draft",
        "The fair",
        "admin-2",
    )
    with pytest.raises(WrongState):
        await on.desk.schedule(first, NOW, now_ms=on.now_ms)
    with pytest.raises(WrongState):
        await on.desk.rewrite(first, DRAFT)


@pytest.mark.parametrize(
    ("draft", "found"),
    [
        (replace(DRAFT, purpose_id="gossip"), "purpose"),
        (replace(DRAFT, page_id="1"), "page"),
        (replace(DRAFT, title=" "), "title"),
        (replace(DRAFT, useful_hours=0), "useful_hours"),
        (replace(DRAFT, texts={"en": "x" * 640}), "length"),
    ],
)
async def test_a_draft_that_cant_be_sent_is_refused(
    deployment: Deployment, draft: Draft, found: str
) -> None:
    """The refusal names what is wrong, and nothing is kept."""
    on = Broadcasting(deployment)
    with pytest.raises(DraftRefused) as refused:
        await on.desk.draft(draft, now_ms=on.now_ms)
    assert refused.value.facts["found"] == found
    assert isinstance(refused.value, BroadcastError)
    assert await on.desk.list_all() == []


async def test_no_more_often_than_configured(databases: Databases) -> None:
    """Of two broadcasts of one purpose within the set hours, a person gets one."""
    often = [
        {"id": "news", "class": "marketing", "title": "News", "text": "Now.", "hours_between": 24}
    ]
    async with deployed(databases, purposes=often) as deployment:
        on = Broadcasting(deployment)
        anna = await on.reader()
        first = await on.begins()
        await on.until(first, "over")
        second = await on.begins()
        await on.until(second, "over")
        assert await on.outcomes(first) == {("window", "sent"): 1}
        assert await on.outcomes(second) == {("window", "too often"): 1}
        assert len(anna.bubbles()) == 3
