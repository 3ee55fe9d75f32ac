"""What config.example.toml shows and nobody's own settings can be."""

from collections.abc import Iterator
from typing import Final

from bot.settings.explain import mend_of
from bot.settings.faults import Fault
from bot.settings.given import Given, text_of

#: Table or list of tables, key, and the value that the example has there.
EXAMPLES: Final = (
    ("server", "public_url", "https://bot.example.org"),
    ("messenger", "app_id", "100000000000001"),
    ("pages", "id", "100000000000002"),
    ("pages", "name", "Example Page"),
    ("controller", "name", "Example Organisation"),
    ("controller", "address", "1 Example Street, 10000 Example Town"),
    ("controller", "email", "privacy@example.org"),
    ("recipients", "name", "Example Hosting"),
)


def left_examples(given: Given) -> Iterator[Fault]:
    """Yield a fault for each example that still stands: people would be told of nobody real."""
    for section, key, example in EXAMPLES:
        for place, value in _written(given, section, key):
            if value.strip().rstrip("/") == example:
                where = ".".join(str(step) for step in place)
                mend = mend_of(place, given.model)
                yield Fault(where, "an example that was never replaced", mend)


def _written(given: Given, section: str, key: str) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Yield place and value of a key, in each table where there is a list of them."""
    yield (section, key), given.text(f"{section}.{key}")
    for where, entry in given.entries(section):
        yield (section, int(where.rpartition(".")[2]), key), text_of(entry.get(key))
