"""What others did about a person and the person does not know yet: looks, and waiting answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.accesses import Accesses, Look
from storage.cases import Cases
from storage.db.breach_tables import breach_notices
from storage.db.tables import accesses, cases, inbox
from storage.records import PersonId


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told to one person when they next write."""

    looks: tuple[Look, ...] = ()
    waiting_answers: int = 0
    #: Whether there is a notice of a breach for them: that comes unasked.
    has_breach_notice: bool = False


#: Asked for each batch, so it begins with the few who have news, not with the people of the batch.
_WITH_NEWS = sa.union(
    sa.select(accesses.c.person_id).where(
        accesses.c.told_at_ms.is_(None),
        sa.exists().where(inbox.c.person_id == accesses.c.person_id),
    ),
    sa.select(cases.c.person_id).where(
        cases.c.status == sa.text("'waiting'"),
        sa.exists().where(inbox.c.person_id == cases.c.person_id),
    ),
)

#: Very many may have such a notice waiting, so here it begins with those who have written.
_IS_ANY = sa.exists().where(breach_notices.c.outcome == sa.text("'waiting'"))
_WITH_NOTICES = sa.select(inbox.c.person_id).where(
    _IS_ANY,
    sa.exists().where(
        breach_notices.c.person_id == inbox.c.person_id,
        breach_notices.c.outcome == sa.text("'waiting'"),
    ),
)


async def news_of(
    tx: AsyncConnection, looks: Accesses, answers: Cases, people: Sequence[PersonId]
) -> dict[PersonId, News]:
    """Return the news of those of `people` who have any; each has an event waiting."""
    with_news = set((await tx.execute(_WITH_NEWS)).scalars())
    noticed = set((await tx.execute(_WITH_NOTICES)).scalars())
    those = [person for person in people if person in with_news | noticed]
    if not those:
        return {}
    untold = await looks.list_untold(tx, those)
    waiting = await answers.count_waiting(tx, those)
    return {
        one: News(tuple(untold.get(one, ())), waiting.get(one, 0), one in noticed) for one in those
    }
