"""`chat`: the bot in a terminal, here through a pipe."""

from tests.bot.commands.conftest import Operator


async def test_chat_through_a_pipe(operator: Operator) -> None:
    """Each line is answered before the next; a number picks what was offered; /quit ends."""
    ended = await operator.runs_alone("chat", typed="hello\nlanguage\n2\nSTOP\n/quit\nunread\n")
    assert (ended.code, ended.err) == (0, "")
    said = ended.out
    assert "[I would like to get news.]" in said
    steps = ["> hello", "Bot: Hello", "> language", "[Deutsch]", "You tap [Deutsch]", "> STOP"]
    places = [said.index(step) for step in steps]
    assert places == sorted(places)
    assert "START" in said[places[-1] :]
    assert "unread" not in said
    assert not (operator.folder / "data").exists()


async def test_chat_ends_with_its_lines(operator: Operator) -> None:
    """It ends well where the lines end, and keeps what it is told to keep."""
    ended = await operator.runs_alone("chat", "--data", "kept", typed="hello")
    assert ended.code == 0
    assert "Bot: Hello" in ended.out
    assert (operator.folder / "kept" / "data" / "demo.db").exists()
