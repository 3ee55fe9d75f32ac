"""What others did about a person and the person does not know yet: looks, and waiting answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.accesses import Accesses, Look
from storage.cases import Cases
from storage.db.tables import accesses, cases
from storage.records import PersonId


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told to one person when they next write."""

    looks: tuple[Look, ...] = ()
    waiting_answers: int = 0


_PEOPLE: sa.BindParameter[list[PersonId]] = sa.bindparam("people", expanding=True)
#: One short question for a whole batch, because nearly always nobody has any.
_WITH_NEWS = sa.union(
    sa.select(accesses.c.person_id).where(
        accesses.c.person_id.in_(_PEOPLE), accesses.c.told_at_ms.is_(None)
    ),
    sa.select(cases.c.person_id).where(cases.c.person_id.in_(_PEOPLE), cases.c.status == "waiting"),
)


async def news_of(
    tx: AsyncConnection, looks: Accesses, answers: Cases, people: Sequence[PersonId]
) -> dict[PersonId, News]:
    """Return the news of those of `people` who have any."""
    rows = (await tx.execute(_WITH_NEWS, {"people": people})).scalars()
    those = [PersonId(person) for person in rows]
    if not those:
        return {}
    untold = await looks.list_untold(tx, those)
    waiting = await answers.count_waiting(tx, those)
    return {one: News(tuple(untold.get(one, ())), waiting.get(one, 0)) for one in those}
