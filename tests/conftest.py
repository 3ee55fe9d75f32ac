"""What every test may use."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.kit.deployment import Databases, Deployment, deployed
from tests.kit.postgres import PostgresServer, postgres


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    """Two SQLite files in a folder of their own."""
    return Databases.sqlite(tmp_path)


@pytest.fixture
async def deployment(databases: Databases) -> AsyncIterator[Deployment]:
    """A bot and a Messenger that run."""
    async with deployed(databases) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run."""
    with postgres() as server:
        yield server


@pytest.fixture
async def postgres_databases(
    postgres_server: PostgresServer, tmp_path: Path
) -> AsyncIterator[Databases]:
    """Two PostgreSQL databases that nobody else uses."""
    async with postgres_server.databases(tmp_path) as databases:
        yield databases
