"""Consent: Meta's times decide, in whatever order the acts arrive, and every act is kept."""

import hashlib
from typing import cast

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from storage import ConsentAct, ConsentStatus, PersonId, ShownText
from storage.consents import judge
from storage.db.tables import consents, texts
from storage.records import Act
from tests.storage.make import NOON_MS, Known, World

NOBODY = PersonId(bytes(16))
ACTS: tuple[Act, ...] = ("granted", "refused", "withdrawn")
QUESTION = ShownText("May we send you news? [Yes] [No]", "news/1", "en")


def act(kind: Act, at_ms: int) -> ConsentAct:
    """Make an act of nobody in particular."""
    return ConsentAct(NOBODY, "news", kind, at_ms)


def standing(acts: list[ConsentAct]) -> ConsentStatus:
    """Return where a purpose stands after acts that arrive in this order."""
    status = ConsentStatus()
    for one in acts:
        status, _ = judge(status, one)
    return status


@pytest.mark.parametrize(
    ("arrived", "counts", "is_granted"),
    [
        ("granted@5", "yes", True),
        ("refused@5", "yes", False),
        ("withdrawn@5", "yes", False),
        ("granted@5 withdrawn@7", "yes yes", False),
        ("withdrawn@7 granted@5", "yes no", False),  # a late YES after a newer STOP
        ("withdrawn@5 granted@5", "yes no", False),  # not newer is not enough
        ("granted@5 withdrawn@5", "yes yes", False),
        ("withdrawn@5 granted@6", "yes yes", True),
        ("granted@7 withdrawn@5", "yes no", True),  # a late STOP before a newer YES
        ("granted@7 withdrawn@5 withdrawn@8", "yes no yes", False),
        ("granted@5 refused@7", "yes yes", False),
        ("refused@7 granted@5", "yes no", False),
        ("granted@7 refused@5", "yes no", True),
        ("refused@5 granted@5", "yes no", False),
        ("granted@5 granted@5", "yes no", True),
        ("granted@7 granted@5", "yes no", True),
        ("withdrawn@3 granted@5 withdrawn@4", "yes yes no", True),
    ],
)
def test_the_newest_act_decides(arrived: str, counts: str, *, is_granted: bool) -> None:
    """A grant counts if it is newer than all else; a withdrawal unless a newer grant exists."""
    status, said = ConsentStatus(), []
    for word in arrived.split():
        kind, at = word.split("@")
        status, ok = judge(status, act(cast("Act", kind), int(at)))
        said.append("yes" if ok else "no")
    assert " ".join(said) == counts
    assert status.is_granted is is_granted


@given(
    acts=st.lists(st.builds(act, st.sampled_from(ACTS), st.integers(1, 6)), max_size=7),
    data=st.data(),
)
def test_the_order_of_arrival_is_no_matter(acts: list[ConsentAct], data: st.DataObject) -> None:
    """The same acts lead to the same standing, in whatever order they arrive."""
    assert standing(data.draw(st.permutations(acts))) == standing(acts)


@given(
    acts=st.lists(st.builds(act, st.sampled_from(ACTS), st.integers(1, 6)), max_size=7),
    late=st.builds(act, st.sampled_from(ACTS), st.integers(1, 6)),
)
def test_what_does_not_count_changes_nothing(acts: list[ConsentAct], late: ConsentAct) -> None:
    """An act that is said not to count leaves everybody as granted, or not, as they were."""
    before = standing(acts)
    after, counts = judge(before, late)
    if not counts:
        assert after.is_granted is before.is_granted


async def record(world: World, who: Known, *acts: tuple[Act, int, ShownText | None]) -> None:
    """Judge and record acts of one person, as a turn does."""
    async with world.store.write() as tx:
        status = (await world.store.consents.find(tx, [who.person_id]))[who.person_id]
        standing = status.get("news", ConsentStatus())
        noted = []
        for kind, at_ms, shown in acts:
            done = ConsentAct(who.person_id, "news", kind, at_ms, shown)
            standing, counts = judge(standing, done)
            noted.append((done, counts))
        statuses = {(who.person_id, "news"): standing}
        await world.store.consents.record(tx, noted, statuses, now_ms=NOON_MS)


async def test_where_a_purpose_stands_is_read_back(world: World) -> None:
    """Each person's purposes stand where their own acts left them."""
    one, other = await world.people(2)
    await record(world, one, ("granted", 5, QUESTION))
    await record(world, one, ("withdrawn", 7, None))
    async with world.store.read() as tx:
        found = await world.store.consents.find(tx, [one.person_id, other.person_id])
    assert found[one.person_id] == {"news": ConsentStatus(5, None, 7)}
    assert found[other.person_id] == {}


async def test_every_act_is_recorded(world: World) -> None:
    """Also an act that counts for nothing leaves its record, with what was shown and when."""
    who = await world.person()
    await record(world, who, ("withdrawn", 7, None), ("granted", 5, QUESTION))
    async with world.store.read() as tx:
        rows = (await tx.execute(consents.select().order_by(consents.c.platform_at_ms))).all()
    granted, withdrawn = rows
    assert (granted.act, granted.counts, granted.platform_at_ms) == ("granted", False, 5)
    assert granted.text_hash == hashlib.sha256(QUESTION.text.encode()).digest()
    assert (granted.text_version, granted.language) == ("news/1", "en")
    assert (withdrawn.act, withdrawn.counts, withdrawn.text_hash) == ("withdrawn", True, None)
    assert {row.recorded_at_ms for row in rows} == {NOON_MS}


async def test_a_text_is_kept_once_for_everybody(world: World) -> None:
    """The words that people were shown stand there once, as they were shown first."""
    for who in await world.people(3):
        await record(world, who, ("granted", 5, QUESTION), ("refused", 6, QUESTION))
    async with world.store.read() as tx:
        (kept,) = (await tx.execute(texts.select())).all()
        assert (await tx.execute(sa.select(sa.func.count()).select_from(consents))).scalar() == 6
    assert (kept.text, kept.text_version, kept.language) == (QUESTION.text, "news/1", "en")


async def test_recording_nothing_is_fine(world: World) -> None:
    """A batch in which nobody said yes or no records nothing."""
    async with world.store.write() as tx:
        await world.store.consents.record(tx, [], {}, now_ms=NOON_MS)
        assert await world.store.consents.find(tx, []) == {}
