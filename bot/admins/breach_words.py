"""How a command about a breach is refused, and under which name an admin writes."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bot.admins.command import Ask, refused
from bot.admins.gate import RULES
from bot.breaches.desk import AlreadyClosed, NoSuchBreach, NotWritable
from flows.breaches.drafts import DraftBlocked, NoticeTooLong
from flows.breaches.fields import BY_NAME
from flows.kit.found import Found
from storage.breach_audience import CATEGORIES

T = TypeVar("T")


class _Answered:
    """Refusals in words."""

    future: Final = refused(
        "breach", said="That time is still to come. State when you became aware: now or earlier."
    )

    @staticmethod
    def field(name: str) -> Found:
        """Say that there is no such field, and which there are."""
        fields = ", ".join(BY_NAME)
        said = f"There is no field {name[:32]}. Fields: {fields}."
        return refused("breach", said=said)


ANSWERED: Final = _Answered()


async def refusing(act: Callable[[], Awaitable[T]]) -> T | Found:
    """Do something; what is missing or wrong is told instead."""
    try:
        return await act()
    except NoSuchBreach:
        said = "The register has no such number. /breach lists what is in it."
    except AlreadyClosed:
        said = "It is closed already. Corrections can still be written."
    except DraftBlocked as blocked:
        said = f"Not yet. The draft ({blocked.draft}) waits for: {'; '.join(blocked.titles)}."
    except NoticeTooLong as long:
        said = f"{long}. {long.advice}"
    except NotWritable:
        said = (
            "That cannot be written so. Pages are named by their ids or as all; data as "
            f"{', '.join(CATEGORIES)}; a translation as plain_nature:de."
        )
    return refused("breach", said=said)


def usage(ask: Ask) -> Found:
    """Say what to type."""
    return refused("usage", usage=RULES[ask.command].usage)


def author_of(ask: Ask) -> str:
    """Return under which name an admin writes: a number and a role."""
    return f"{ask.admin.name}, {ask.admin.role}"
