"""Where in a folder's files somebody's bytes stand, and when they are gone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final

_PAGE_BYTES: Final = 4096


@dataclass(slots=True)
class Traces:
    """Values that are searched for: all of them in the end, some of them meanwhile.

    A whole search of a large database takes too long to be repeated beside what is measured, so
    meanwhile only the pages are read on which a value stood, and the write-ahead log.
    """

    folder: Path
    pages: dict[bytes, set[tuple[Path, int]]]
    #: Since when values that belong together should be on their way out, by `perf_counter`.
    watched: dict[tuple[bytes, ...], float] = field(default_factory=dict)

    @classmethod
    def found(cls, folder: Path, values: Iterable[bytes]) -> "Traces":
        """Search everything once.

        Raises:
            LookupError: A value is nowhere, so its going could not be seen.
        """
        pages: dict[bytes, set[tuple[Path, int]]] = {value: set() for value in values}
        for path, value, at in _everywhere(folder, list(pages)):
            pages[value].add((path, at // _PAGE_BYTES))
        if not all(pages.values()):
            raise LookupError("a value that is to be erased is in no file")
        return cls(folder, pages)

    def look(self) -> list[float]:
        """Return how many seconds it took, of those that are wholly gone since the last look."""
        log = b"".join(path.read_bytes() for path in self.folder.rglob("*-wal"))
        now_s = perf_counter()
        gone = [
            values
            for values in list(self.watched)
            if not any(value in log or self._stands(value) for value in values)
        ]
        return [now_s - self.watched.pop(values) for values in gone]

    def require_nothing(self) -> None:
        """Search everything again.

        Raises:
            AssertionError: Something is left.
        """
        if left := sum(1 for _ in _everywhere(self.folder, list(self.pages))):
            raise AssertionError(f"{left} erased values are still in the files")

    def _stands(self, value: bytes) -> bool:
        for path, page in self.pages[value]:
            with path.open("rb") as file:
                # A value may begin on one page and end on the next.
                file.seek(page * _PAGE_BYTES)
                if value in file.read(2 * _PAGE_BYTES):
                    return True
        return False


def _everywhere(folder: Path, values: list[bytes]) -> Iterable[tuple[Path, bytes, int]]:
    """Yield where any of these values stands in any file."""
    any_of_them = re.compile(b"|".join(map(re.escape, values)))
    for path in folder.rglob("*"):
        if path.is_file():
            for hit in any_of_them.finditer(path.read_bytes()):
                yield path, hit.group(), hit.start()
