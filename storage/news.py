"""What others did about a person and the person does not know yet: looks, and waiting answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.accesses import Accesses, Look
from storage.cases import Cases
from storage.db.breach_tables import breach_notices
from storage.db.columns import WAITS_FOR_CONTACT
from storage.db.tables import accesses, cases, deliveries, inbox
from storage.records import Consents, PersonId


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told to one person when they next write."""

    looks: tuple[Look, ...] = ()
    waiting_answers: int = 0
    #: Whether there is a notice of a breach for them: that comes unasked.
    has_breach_notice: bool = False
    #: Broadcasts that could not be pushed, by purpose.
    waiting_news: Mapping[str, int] = field(default_factory=dict)

    def count_agreed(self, standing: Consents) -> int:
        """Return how many broadcasts wait that their person still agrees to."""
        agreed = (one for one in self.waiting_news if one in standing and standing[one].is_granted)
        return sum(self.waiting_news[one] for one in agreed)


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


_WAITING_BROADCASTS = (
    sa.select(deliveries.c.person_id, deliveries.c.purpose_id, sa.func.count())
    .where(deliveries.c.person_id.in_(sa.bindparam("people", expanding=True)))
    # As text, so that the small index of those that wait is taken.
    .where(sa.text(WAITS_FOR_CONTACT), deliveries.c.expires_at_ms > sa.bindparam("now_ms"))
    .group_by(deliveries.c.person_id, deliveries.c.purpose_id)
)


async def news_of(
    tx: AsyncConnection,
    looks: Accesses,
    answers: Cases,
    people: Sequence[PersonId],
    *,
    now_ms: int,
) -> dict[PersonId, News]:
    """Return the news of those of `people` who have any; each has an event waiting."""
    with_news = set((await tx.execute(_WITH_NEWS)).scalars())
    broadcasts = await _waiting_broadcasts(tx, people, now_ms)
    noticed = set((await tx.execute(_WITH_NOTICES)).scalars())
    those = [person for person in people if person in with_news | noticed]
    untold = await looks.list_untold(tx, those) if those else {}
    waiting = await answers.count_waiting(tx, those) if those else {}
    return {
        one: News(
            tuple(untold.get(one, ())),
            waiting.get(one, 0),
            one in noticed,
            broadcasts.get(one, {}),
        )
        for one in {*those, *broadcasts}
    }


async def _waiting_broadcasts(
    tx: AsyncConnection, people: Sequence[PersonId], now_ms: int
) -> dict[PersonId, dict[str, int]]:
    found: dict[PersonId, dict[str, int]] = {}
    for person, purpose, count in await tx.execute(
        _WAITING_BROADCASTS, {"people": people, "now_ms": now_ms}
    ):
        found.setdefault(person, {})[purpose] = count
    return found
