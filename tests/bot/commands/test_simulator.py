"""`simulator`: a Messenger alone, in which an app waits to be connected."""

import asyncio
import re
import signal
from pathlib import Path

from tests.bot.commands.conftest import Operator


async def _told(operator: Operator) -> str:
    """Start it, wait until it has told everything, and end it."""
    process = await operator.starts("simulator")
    assert process.stdout is not None
    async with asyncio.timeout(60):
        told = (await process.stdout.readuntil(b"empty folder.\n")).decode()
    process.send_signal(signal.SIGINT)
    rest, err = await process.communicate()
    assert (process.returncode, rest, err) == (0, b"", b"")
    return told


async def test_it_tells_what_connect_asks_for(tmp_path: Path) -> None:
    """It tells an app id, secret and token of its own, keeps nothing, and Ctrl-C ends it well."""
    operator = Operator(tmp_path, {})
    first, second = await _told(operator), await _told(operator)
    for name in ("app secret", "token"):
        shown = [
            re.findall(rf"^  {name} +(\S{{16,}})$", told, re.MULTILINE) for told in (first, second)
        ]
        assert len(shown[0]) == len(shown[1]) == 1
        assert shown[0] != shown[1]
    assert re.search(
        r"^  export CHATMAGICO_MESSENGER__GRAPH_URL=http://127\.0\.0\.1:\d+/graph$",
        first,
        re.MULTILINE,
    )
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
