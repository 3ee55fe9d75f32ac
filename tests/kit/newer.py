"""A newer version of this program: a copy of it with another migration and a changed flow."""

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import Final

from storage.db.schema import NEWEST

_ROOT: Final = Path(__file__).parents[2]
_ROOMS: Final = ("bot", "flows", "storage")
#: The revision it brings the main database to.
REVISION: Final = "main_9999"
#: Which flow it changed, and the version that flow has there.
FLOW, VERSION = "opt_in", 2
_MIGRATION: Final = f'''"""What only the newer version knows: a column, and a table."""

import sqlalchemy as sa
from alembic import op

revision = "{REVISION}"
down_revision = "{NEWEST["main"]}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only add."""
    mood = sa.Column("mood", sa.Integer(), server_default=sa.text("0"), nullable=False)
    op.add_column("people", mood)
    op.create_table("moods", sa.Column("mood", sa.Integer(), primary_key=True))
'''


def make_newer(folder: Path) -> Path:
    """Write the newer version into a folder and return it."""
    for room in _ROOMS:
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(_ROOT / room, folder / room, ignore=skip)
    migrations = folder / "storage" / "db" / "migrations" / "main"
    (migrations / f"{REVISION}_newer.py").write_text(_MIGRATION, encoding="utf-8")
    newest = 'NEWEST = {{"main": "{}"'
    schema = folder / "storage" / "db" / "schema.py"
    _change(schema, newest.format(NEWEST["main"]), newest.format(REVISION))
    flow = folder / "flows" / f"{FLOW}.py"
    _change(flow, '    NEWS = "news"\n', '    NEWS = "wish"\n')
    _change(
        flow,
        f'Flow("{FLOW}", version={VERSION - 1}, ',
        f'Flow("{FLOW}", version={VERSION}, moved={{"news": At.NEWS}}, ',
    )
    return folder


async def upgrade(folder: Path, config: Path) -> None:
    """Run the newer version's `db upgrade`."""
    command = ("-m", "bot", "--config", str(config), "db", "upgrade")
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=folder, env=env, stdout=asyncio.subprocess.DEVNULL
    )
    assert await process.wait() == 0


def _change(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{file.name} does not have {before!r} once"
    file.write_text(text.replace(before, after), encoding="utf-8")
