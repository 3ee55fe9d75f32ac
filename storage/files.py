"""Files beside the databases: only their owner reads them, and a loss of power takes none."""

import os
from pathlib import Path
from typing import Final

OWNER_ONLY: Final = 0o600


def sync_folder(folder: Path) -> None:
    """Bring a folder's own entries to the disk: a new file's name, or that one was replaced."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
