"""What every test may use."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.deployment import Databases, Deployment, deployed
from tests.kit.postgres import migrate, postgres_databases, postgres_server

__all__ = ["postgres_databases", "postgres_server"]


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Two migrated SQLite files, to be copied."""
    made = Databases.sqlite(tmp_path_factory.mktemp("migrated"))
    asyncio.run(migrate(made.url, "main"))
    asyncio.run(migrate(made.keys_url, "keys"))
    return made


@pytest.fixture
def sqlite_databases(migrated_sqlite: Databases, tmp_path: Path) -> Databases:
    """Two migrated SQLite files in a folder of their own."""
    for name in ("data", "keys"):
        shutil.copytree(migrated_sqlite.folder / name, tmp_path / name)
    return Databases.sqlite(tmp_path)


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """Two migrated SQLite files in a folder of their own."""
    return sqlite_databases


@pytest.fixture
async def deployment(databases: Databases) -> AsyncIterator[Deployment]:
    """A bot and a Messenger that run."""
    async with deployed(databases) as running:
        yield running
