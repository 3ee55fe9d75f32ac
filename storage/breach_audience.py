"""Whom a breach concerns: everybody on some Pages, or those of whom certain data is held."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from storage.db.erasure_tables import erasing
from storage.db.tables import cases, consents, deliveries, details, erasures, people

#: What may be held of somebody, by the name under which it is chosen.
CATEGORIES: Final = {
    "details": details,
    "consents": consents,
    "requests": cases,
    "broadcasts": deliveries,
}


def audience(
    pages: Sequence[str], categories: Sequence[str], known_at_ms: int
) -> sa.ColumnElement[bool]:
    """Match who was known then on these Pages and is not being erased.

    Args:
        pages: Ids of Pages.
        categories: Names in CATEGORIES, of which one is enough; empty means everybody.
        known_at_ms: Whoever came later is not concerned.
    """
    is_ordered = sa.exists().where(erasures.c.person_id == people.c.person_id)
    is_going = is_ordered | sa.exists().where(erasing.c.person_id == people.c.person_id)
    known = people.c.page_id.in_(pages) & (people.c.created_at_ms <= known_at_ms) & ~is_going
    if not categories:
        return known
    held = (CATEGORIES[name].c.person_id == people.c.person_id for name in categories)
    return known & sa.or_(*(sa.exists().where(one) for one in held))
