"""The event loop that measured programs and their baselines run on alike: uvloop when present."""

import asyncio
from collections.abc import Coroutine
from typing import Any


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run `main` to its end."""
    try:
        from uvloop import run as run_fast
    except ImportError:
        asyncio.run(main)
    else:
        run_fast(main)
