"""The settings of what is kept where: databases, keys, tombstones."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from bot.settings.sections import Section

DatabaseUrl = Annotated[
    str, Field(pattern=r"^(sqlite\+aiosqlite:///|postgresql\+asyncpg://).+", repr=False)
]
_DATABASE: Final = (
    'Write "sqlite+aiosqlite:///folder/file.db" or "postgresql+asyncpg://user:password@host/name".'
)


class Storage(Section):
    """Where people's data is kept, sealed."""

    url: DatabaseUrl = Field(
        default="sqlite+aiosqlite:///data/chatmagico.db", description=_DATABASE
    )
    tombstones: Path = Field(
        default=Path("keys/tombstones.log"),
        description="Write the path of a file.",
    )
    checkpoints: Path | None = Field(default=None, description="Write the path of a file.")

    @property
    def checkpoint_file(self) -> Path:
        """Return where the ledger's checkpoints go."""
        return self.checkpoints or self.tombstones.with_name("checkpoints.log")


class Keys(Section):
    """Where the keys are kept that open people's data."""

    url: DatabaseUrl = Field(default="sqlite+aiosqlite:///keys/keys.db", description=_DATABASE)
    provider: Literal["file", "environment"] = Field(
        default="file", description='Write "file" or "environment".'
    )
    file: Path = Field(
        default=Path("keys/keys.secret"), description="Write a path outside the data folder."
    )
    rotate_days: int = Field(
        default=0, ge=0, le=3650, description="Write whole days; 0 leaves it to you."
    )
    backup_days: int = Field(default=30, ge=1, le=3650, description="Write whole days, 1 or more.")

    @property
    def dark_after_days(self) -> int | None:
        """Return after how many days no backup shows an erased person; None where nobody can say.

        The next rotation comes within `rotate_days`, the secret before it goes `backup_days`
        later, and a day is for the jobs that do it.
        """
        return self.rotate_days + self.backup_days + 1 if self.rotate_days else None
