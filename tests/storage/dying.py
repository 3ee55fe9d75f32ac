"""A process that erases whoever ordered it, and is dead by `kill -9` after one of the steps.

python -m tests.storage.dying URL KEYS_URL FOLDER STEP
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from storage import Store
from storage.vault.secrets import FileSecrets
from tests.storage.make import EVERYBODYS
from tests.storage.test_erasure_sequence import go_as_far_as


async def _die_after(url: str, keys_url: str, folder: Path, step: str) -> None:
    secrets = FileSecrets(folder / "secrets" / "keys.secret").load()
    tombstones = folder / "tombstones"
    store = Store(url, keys_url, secrets, tombstones=tombstones, recipients=[EVERYBODYS])
    await go_as_far_as(store, step)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    at, keys_at, where, last = sys.argv[1:]
    asyncio.run(_die_after(at, keys_at, Path(where), last))
