"""What is remembered between two turns survives being sealed."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.turns.state import State, from_bytes, to_bytes
from flows.kit.person import Memory, Position

_TIMES = st.none() | st.integers(0, 4_102_444_800_000).map(
    lambda at_ms: datetime.fromtimestamp(at_ms / 1000, UTC)
)
_POSITIONS = st.none() | st.builds(
    Position,
    st.text(),
    st.integers(1, 99),
    st.text(),
    st.dictionaries(st.text(), st.text(), max_size=3),
)
_MEMORIES = st.builds(
    Memory,
    age_ok=st.none() | st.booleans(),
    age_asked=st.integers(0, 21),
    told_at=_TIMES,
    last_heard_at=_TIMES,
    owes_stop_confirmation=st.booleans(),
)
_STATES = st.builds(State, _POSITIONS, _MEMORIES, st.none() | st.integers(0, 4_102_444_800_000))


@given(_STATES)
def test_a_state_comes_back_as_it_was(state: State) -> None:
    """Whatever is written is read again."""
    assert from_bytes(to_bytes(state)) == state


def test_a_stranger_has_neither_position_nor_memory() -> None:
    """Where nothing was kept, nothing is remembered."""
    assert from_bytes(None) == State()


def test_the_form_of_the_first_version_is_still_read() -> None:
    """State that was sealed by the first version still opens."""
    kept = (
        b'{"place":{"flow":"opt_in","version":1,"place":"ask","notes":{"purpose":"news"}},'
        b'"age_ok":true,"told_at_ms":1795430400123,"heard_at_ms":1795430400124}'
    )
    state = from_bytes(kept)
    assert state.position == Position("opt_in", 1, "ask", {"purpose": "news"})
    assert state.memory.age_ok
    assert state.memory.told_at == datetime.fromtimestamp(1795430400.123, UTC)
