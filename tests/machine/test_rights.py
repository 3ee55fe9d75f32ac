"""Whatever people do, in whatever order, and whenever the bot restarts: what is kept is right.

Hypothesis makes up the stories; the model of each person says what must hold after every step.
"""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.simulator import Message
from bot.turns.handing_out import MOST_EXPORTS
from flows.delete_me import TYPED
from flows.detail_texts import LABELS
from flows.kit.texts import translate
from flows.rights_words import CORRECT, DELETE_ME, EXPORT, RESTRICT, RESUME, WITHDRAW
from flows.words import HELP, LANGUAGE, MENU, NEWS, STOP, as_shown
from tests.kit.deployment import PAGE
from tests.machine.world import NEEDED, PURPOSES, Somebody, World

pytestmark = pytest.mark.long

HELLO = {"en": "Hello", "de": "Guten Tag"}
NAMES = {"en": "English", "de": "Deutsch"}
MOST_PEOPLE = 3
_ENDS = ("refused_at_ms", "withdrawn_at_ms")
whose = st.integers(min_value=0, max_value=MOST_PEOPLE - 1)


class Rights(RuleBasedStateMachine):
    """People opt in and out, restrict, erase and come back, while the bot comes and goes."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.world = World()
        self.do(self.world.begin())

    def do(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Let the world go on until this is done."""
        return self.runner.run(coroutine)

    def teardown(self) -> None:
        """Stop everything."""
        self.do(self.world.end())
        self.runner.close()

    def one(self, number: int) -> Somebody:
        """Return somebody."""
        return self.world.people[number % len(self.world.people)]

    @precondition(lambda self: len(self.world.people) < MOST_PEOPLE)
    @rule(language=st.sampled_from(sorted(HELLO)))
    def someone_new(self, language: str) -> None:
        """Somebody writes for the first time."""
        who = self.world.newcomer(language)
        assert self.do(self.world.says(who, HELLO[language]))

    @precondition(lambda self: self.world.people)
    @rule(
        number=whose,
        answers=st.lists(st.booleans(), min_size=2, max_size=2),
        name=st.sampled_from(("", "Ann", "Bo <b>", "Ça & ß")),
    )
    def opts_in(self, number: int, answers: list[bool], name: str) -> None:
        """Somebody asks for news, answers each question, and gives a name or not."""
        who = self.one(number)
        heard = self.do(self.world.says(who, as_shown(NEWS, who.language)))
        if who.is_restricted:
            return
        asked = [purpose for purpose in PURPOSES if purpose not in who.granted]
        for purpose, yes in zip(asked, answers, strict=False):
            title = translate(who.language, "Yes" if yes else "No")
            assert title in [choice.title for choice in heard[-1].quick_replies]
            heard = self.do(self.world.taps(who, title))
            if yes:
                who.granted.add(purpose)
        self.gives_or_skips(who, heard, name)

    def gives_or_skips(self, who: Somebody, heard: list[Message], name: str) -> None:
        """Answer the question for a name, where there is one."""
        skip = translate(who.language, "Skip")
        if not heard or skip not in [choice.title for choice in heard[-1].quick_replies]:
            return
        assert PURPOSES[0] in who.granted
        assert not who.details
        if not name:
            self.do(self.world.taps(who, skip))
            return
        self.do(self.world.taps(who, translate(who.language, "Write it here")))
        self.do(self.world.says(who, name))
        who.details[NEEDED] = name

    @precondition(lambda self: self.world.people)
    @rule(number=whose)
    def stops(self, number: int) -> None:
        """Somebody says STOP: one confirmation, and nothing is left."""
        who = self.one(number)
        assert len(self.do(self.world.says(who, as_shown(STOP, who.language)))) == 1
        who.granted.clear()
        who.drop_unneeded()

    @precondition(lambda self: self.world.people)
    @rule(number=whose, which=st.integers(min_value=0, max_value=1))
    def withdraws(self, number: int, which: int) -> None:
        """Somebody takes back one yes."""
        who = self.one(number)
        self.do(self.world.says(who, as_shown(WITHDRAW, who.language)))
        given = [purpose for purpose in PURPOSES if purpose in who.granted]
        if given:
            ended = given[which % len(given)]
            self.do(self.world.says(who, str(given.index(ended) + 1)))
            who.granted.remove(ended)
            who.drop_unneeded()

    @precondition(lambda self: self.world.people)
    @rule(number=whose, text=st.sampled_from((HELP, MENU, "thanks", "🙂", "1", "asdf")))
    def writes(self, number: int, text: str) -> None:
        """Somebody writes whatever: there is always an answer."""
        assert self.do(self.world.says(self.one(number), text))

    @precondition(lambda self: self.world.people)
    @rule(number=whose, language=st.sampled_from(sorted(NAMES)))
    def speaks(self, number: int, language: str) -> None:
        """Somebody chooses a language."""
        who = self.one(number)
        self.do(self.world.says(who, as_shown(LANGUAGE, who.language)))
        self.do(self.world.taps(who, NAMES[language]))
        who.language = language

    @precondition(lambda self: self.world.people)
    @rule(number=whose)
    def restricts(self, number: int) -> None:
        """Somebody has their data kept, but not used."""
        who = self.one(number)
        self.do(self.world.says(who, as_shown(RESTRICT, who.language)))
        who.is_restricted = True

    @precondition(lambda self: self.world.people)
    @rule(number=whose)
    def resumes(self, number: int) -> None:
        """Somebody lifts that."""
        who = self.one(number)
        self.do(self.world.says(who, as_shown(RESUME, who.language)))
        who.is_restricted = False
        who.drop_unneeded()

    @precondition(lambda self: self.world.people)
    @rule(number=whose, name=st.sampled_from(("Cy", "Dee")), removes=st.booleans())
    def corrects(self, number: int, name: str, *, removes: bool) -> None:
        """Somebody changes or removes what they gave."""
        who = self.one(number)
        self.do(self.world.says(who, as_shown(CORRECT, who.language)))
        if not who.details:
            return
        self.do(self.world.taps(who, translate(who.language, LABELS[NEEDED])))
        if removes:
            self.do(self.world.taps(who, translate(who.language, "Remove")))
            who.details.clear()
        else:
            self.do(self.world.taps(who, translate(who.language, "Change")))
            self.do(self.world.taps(who, translate(who.language, "Write it here")))
            self.do(self.world.says(who, name))
            who.details[NEEDED] = name

    @precondition(lambda self: self.world.people)
    @rule(number=whose)
    def exports(self, number: int) -> None:
        """Somebody takes their data along: three times a day, and it is what the model says."""
        who = self.one(number)
        heard = self.do(self.world.says(who, as_shown(EXPORT, who.language)))
        links = [button.url for one in heard for button in one.buttons if button.url]
        links = [url for url in links if "/export/" in url]
        who.exports += 1
        assert len(links) == (who.exports <= MOST_EXPORTS)
        for url in links:
            tables = self.do(self.world.downloads(url))["tables"]
            rows = tables.get("consent_status", {"rows": []})["rows"]
            assert {row["purpose_id"]["raw"] for row in rows if _stands(row)} == who.granted
            given = tables.get("details", {"rows": []})["rows"]
            assert {row["field"]["raw"]: row["value"]["raw"] for row in given} == who.details
            (person,) = tables["people"]["rows"]
            assert person["psid"]["raw"] == who.psid
            assert ("restricted_since_ms" in person) == who.is_restricted

    @precondition(lambda self: self.world.people)
    @rule(number=whose)
    def is_erased(self, number: int) -> None:
        """Somebody has everything erased: nothing readable is left of them."""
        who = self.one(number)
        self.do(self.world.says(who, as_shown(DELETE_ME, who.language)))
        self.do(self.world.says(who, TYPED[who.language]))
        assert not self.do(self.world.is_known(who))
        assert not self.world.is_on_disk(who.psid.encode())
        self.world.people.remove(who)

    @rule(purpose=st.sampled_from(PURPOSES))
    def is_broadcast(self, purpose: str) -> None:
        """Something is queued for everybody: it reaches those who agree, and nobody else."""
        reached = self.do(self.world.broadcast(purpose))
        agree = [who for who in self.world.people if purpose in who.granted]
        assert reached == sorted(who.psid for who in agree if not who.is_restricted)
        for who in self.world.people:
            who.news()

    @rule()
    def restarts(self) -> None:
        """The bot is stopped and started."""
        self.do(self.world.restart())

    @invariant()
    def what_is_kept_is_right(self) -> None:
        """Consents, language and restriction of everybody are as the model says."""
        for who in self.world.people:
            self.do(self._check(who))

    async def _check(self, who: Somebody) -> None:
        store = self.world.bot.store
        lookup = store.keyring.lookup(PAGE, who.psid)
        async with store.read() as tx:
            person_id = (await store.people.find(tx, [lookup]))[lookup]
            statuses = (await store.consents.find(tx, [person_id]))[person_id]
            person = await store.people.get(tx, person_id)
            assert person is not None
            held = await store.details.of(tx, person_id, person.key)
        given = {purpose for purpose, status in statuses.items() if status.is_granted}
        assert given == who.granted
        assert {name: one.value for name, one in held.items()} == who.details
        assert (person.language or "en") == who.language
        assert (person.restricted_since_ms is not None) == who.is_restricted


def _stands(row: dict[str, Any]) -> bool:
    """Tell whether a purpose of an export stands as granted."""
    at_ms = {name: row.get(name, {"raw": 0})["raw"] for name in ("granted_at_ms", *_ENDS)}
    return at_ms["granted_at_ms"] > max(at_ms[end] for end in _ENDS)


def _run(stories: int, steps: int) -> None:
    number = random.randrange(2**32)
    print(f"seed {number}")
    seed(number)(Rights)
    run_state_machine_as_test(
        Rights,
        settings=settings(
            max_examples=stories,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_stories_of_people_never_leave_anything_wrong() -> None:
    """Over a few made-up stories, every step leaves just what the model says."""
    _run(6, 25)


@pytest.mark.soak
def test_many_long_stories_never_leave_anything_wrong() -> None:
    """The same over 200 stories of 50 steps."""
    _run(200, 50)
