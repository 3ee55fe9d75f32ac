"""The app and the Pages that are measured; none of these secrets opens anything else."""

from typing import Final

APP_ID: Final = "424242"
APP_SECRET: Final = "an-app-secret-that-guards-nothing-01"  # noqa: S105 - guards nothing
VERIFY_TOKEN: Final = "a-verify-token-that-guards-nothing"  # noqa: S105 - same
PAGE_TOKEN: Final = "a-page-token-that-guards-nothing"  # noqa: S105 - same
GRAPH_VERSION: Final = "v26.0"
#: A Page may send 280 a second, so one alone would measure its pace and not the path.
PAGES: Final = tuple(f"5550001{number}" for number in range(8))


def page_of(psid: str) -> str:
    """Return the Page a person writes to; people are spread evenly."""
    return PAGES[int(psid) % len(PAGES)]
