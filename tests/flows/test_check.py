"""The check at import refuses each fault that a flow can have."""

from __future__ import annotations

from enum import StrEnum

import pytest

from flows.kit.diagram import mermaid, table
from flows.kit.engine import answer, open_flow, question_at
from flows.kit.errors import BrokenFlow, NoteUndeclared
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Event, Said, Turn
from flows.registry import FLOWS, Registry
from tests.flows.chat import START, make_person, make_site


class At(StrEnum):
    """Two places."""

    ONE = "one"
    TWO = "two"


def quiet(_turn: Turn) -> Say:
    """Say nothing."""
    return Say()


def make_flow(name: str = "sample") -> Flow[At]:
    """Make a flow without fault: one asks, two asks, both can be left."""
    flow = Flow(name, version=1, places=At, opens_on=(name,))
    flow.opens(goes_to=At.ONE)(quiet)
    flow.ask(At.ONE, "One?", choices=("On", "Out"))
    flow.on(At.ONE, "On", goes_to=At.TWO)(quiet)
    flow.on(At.ONE, "Out", goes_to=END)(quiet)
    flow.otherwise(At.ONE, goes_to=At.ONE)(quiet)
    flow.ask(At.TWO, "Two?")
    flow.otherwise(At.TWO, goes_to=END)(quiet)
    return flow


def faults(flow: Flow[At]) -> str:
    """List what the check says."""
    with pytest.raises(BrokenFlow) as caught:
        flow.check()
    return "; ".join(caught.value.faults)


def test_a_flow_without_fault_passes() -> None:
    """The sample, and every flow of the product."""
    make_flow().check()
    for flow in FLOWS:
        flow.check()


def test_a_flow_that_nothing_opens_is_refused() -> None:
    """Nobody could ever meet it."""
    flow = make_flow()
    flow.openings.clear()
    assert "nothing opens it" in faults(flow)


def test_a_place_that_nobody_reaches_is_refused() -> None:
    """A forgotten arrow shows at import."""
    flow = make_flow()
    flow.arrows[At.ONE] = [a for a in flow.arrows[At.ONE] if a.goes_to is END]
    flow.prompts.pop(At.ONE)
    flow.ask(At.ONE, "One?", choices=("Out",))
    assert faults(flow) == "nobody reaches two"


def test_a_place_that_asks_nothing_is_refused() -> None:
    """The person would wait for words that never come."""
    flow = make_flow()
    flow.prompts.pop(At.TWO)
    assert faults(flow) == "two asks nothing"


def test_a_place_without_otherwise_is_refused() -> None:
    """Any text needs an answer."""
    flow = make_flow()
    flow.otherwises.pop(At.ONE)
    assert faults(flow) == "one has no otherwise"


def test_a_place_without_way_out_is_refused() -> None:
    """Nobody may be caught."""
    flow = make_flow()
    flow.otherwises.pop(At.TWO)
    flow.otherwise(At.TWO, goes_to=At.TWO)(quiet)
    assert faults(flow) == "two has no way out"


def test_a_choice_that_nobody_answers_is_refused() -> None:
    """A button must do something."""
    flow = make_flow()
    flow.prompts.pop(At.TWO)
    flow.ask(At.TWO, "Two?", choices=("Really",))
    assert faults(flow) == "two: nobody answers Really"


def test_an_answer_that_is_not_offered_is_refused() -> None:
    """A misspelled answer shows at import."""
    flow = make_flow()
    flow.on(At.TWO, "Relly", goes_to=END)(quiet)
    assert faults(flow) == "two: Relly is not offered"


def test_an_answer_given_twice_is_refused() -> None:
    """The second would never be taken."""
    flow = make_flow()
    flow.on(At.ONE, "Out", goes_to=END)(quiet)
    assert faults(flow) == "one: Out is answered twice"


def test_a_word_that_answers_two_things_is_refused() -> None:
    """Words are unique within a place."""
    flow = make_flow()
    flow.prompts.pop(At.TWO)
    flow.ask(At.TWO, "Two?", choices=("A", "B"))
    flow.on(At.TWO, "A", words={"en": ("sure",)}, goes_to=END)(quiet)
    flow.on(At.TWO, "B", words={"en": ("Sure!",)}, goes_to=END)(quiet)
    assert faults(flow) == "two: sure (en) answers two things"


def test_an_arrow_for_nothing_is_refused() -> None:
    """That is what `otherwise` is for."""
    flow = make_flow()
    flow.on(At.TWO, goes_to=END)(quiet)
    assert "two has an arrow without answer" in faults(flow)


def test_a_moved_place_must_be_gone() -> None:
    """One stored value can't mean two places."""
    flow = make_flow()
    flow.moved["one"] = At.TWO
    assert faults(flow) == "one is moved to two, but still exists"


def test_asking_twice_is_refused() -> None:
    """One question for one place."""
    flow = make_flow()
    with pytest.raises(BrokenFlow):
        flow.ask(At.ONE, "Again?")
    with pytest.raises(BrokenFlow):
        flow.otherwise(At.ONE, goes_to=END)(quiet)


def test_two_flows_share_neither_name_nor_word() -> None:
    """A word opens one flow only."""
    with pytest.raises(BrokenFlow, match="its name is taken"):
        Registry(make_flow(), make_flow())
    other = make_flow("other")
    other.opens_on = ("sample",)
    with pytest.raises(BrokenFlow, match="sample opens another flow"):
        Registry(make_flow(), other)


def test_a_note_that_is_not_declared_is_refused() -> None:
    """What is kept has its entry in the data map, or it is not kept."""
    flow = make_flow()
    flow.openings.clear()
    flow.opens(goes_to=At.ONE)(lambda _turn: Say(notes={"secret": "x"}))
    turn = Turn(make_site(), make_person(), Event(Said("x"), START), START, "en")
    with pytest.raises(NoteUndeclared):
        open_flow(flow, turn)


def test_kept_fields_are_listed() -> None:
    """So that the data map can be compared with them."""
    flow = make_flow()
    flow.prompts.pop(At.TWO)
    flow.ask(At.TWO, "Your name?", keeps="name")
    assert flow.kept_fields() == {"name"}
    assert ("opt_in", "purpose") in FLOWS.kept_fields()
    assert ("opt_in", "shown") in FLOWS.kept_fields()


def test_the_diagram_shows_every_arrow() -> None:
    """Picture and table come from the object that runs."""
    flow = make_flow()
    assert mermaid(flow).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> one : SAMPLE",
        "    one --> two : On",
        "    one --> [*] : Out",
        "    one --> one : anything else",
        "    two --> [*] : anything else",
    ]
    assert "| one | On | two | Say nothing |" in table(flow)
    assert "| two | STOP, in any language |" in table(flow)


def test_a_place_that_keeps_an_answer_keeps_it_under_its_name() -> None:
    """A typed answer as it was read, a tapped one by its key."""
    flow = make_flow()
    flow.prompts.pop(At.ONE)
    flow.ask(At.ONE, "One?", choices=("On", "Out"), keeps="choice")
    turn = Turn(make_site(), make_person(), Event(Said("x"), START), START, "en", word="on")
    draft = answer(flow, At.ONE, turn, question_at(flow, At.ONE, turn))
    assert draft is not None
    assert draft.position is not None
    assert draft.position.notes["choice"] == "on"
