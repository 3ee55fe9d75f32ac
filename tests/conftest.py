"""What every test may use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.deployment import Databases, Deployment, deployed
from tests.kit.postgres import postgres_databases, postgres_server

__all__ = ["postgres_databases", "postgres_server"]


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    """Two SQLite files in a folder of their own."""
    return Databases.sqlite(tmp_path)


@pytest.fixture
async def deployment(databases: Databases) -> AsyncIterator[Deployment]:
    """A bot and a Messenger that run."""
    async with deployed(databases) as running:
        yield running
