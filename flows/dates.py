"""Days as people read them; looked up, not formatted by a library that reads files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

MONTHS: Final = {
    language: tuple(names.split())
    for language, names in {
        "en": "January February March April May June "
        "July August September October November December",
        "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "fr": "janvier février mars avril mai juin "
        "juillet août septembre octobre novembre décembre",
        "es": "enero febrero marzo abril mayo junio "
        "julio agosto septiembre octubre noviembre diciembre",
        "it": "gennaio febbraio marzo aprile maggio giugno "
        "luglio agosto settembre ottobre novembre dicembre",
        "pl": "stycznia lutego marca kwietnia maja czerwca "
        "lipca sierpnia września października listopada grudnia",
    }.items()
}
SHAPES: Final = {"de": "{day}. {month} {year}", "es": "{day} de {month} de {year}"}


def day_in(language: str, day: date) -> str:
    """Write a day in a language: 2 December 2026."""
    months = MONTHS.get(language, MONTHS["en"])
    shape = SHAPES.get(language, "{day} {month} {year}")
    return shape.format(day=day.day, month=months[day.month - 1], year=day.year)
