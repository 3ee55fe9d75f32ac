"""Keeps what people give, and proves addresses: inside the transaction of a turn or of a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.clock import Clock
from bot.details.values import accepted
from flows.code_mail import code_mail
from flows.kit.turn import Site
from storage import ConsentStatus, KnownPerson, Store, Transaction
from storage.codes import LIFETIME_MS, Checked
from storage.details import FIELDS, Detail, Field
from storage.mails import Letter, NewMail

#: What became of a code that was due: or why none is.
Code = Literal["sent", "too_many", "no_mail", "no_address", "confirmed"]
LINK_LIFETIME_MS: Final = 24 * 3_600_000


def as_field(name: str) -> Field:
    """Return a detail's name as storage knows it.

    Raises:
        ValueError: There is no such detail.
    """
    if name not in FIELDS:
        raise ValueError("no detail")
    return name


@dataclass(frozen=True, slots=True)
class Giving:
    """Takes details in."""

    store: Store
    clock: Clock
    sites: Mapping[str, Site]

    async def given(self, tx: Transaction, person: KnownPerson) -> dict[Field, Detail]:
        """Return what a person gave."""
        return await self.store.details.of(tx, person.person_id, person.key)

    async def keep(self, tx: Transaction, person: KnownPerson, name: Field, typed: str) -> bool:
        """Keep a value in place of the one before; return False where it is none."""
        value = accepted(name, typed)
        if value is None:
            return False
        new = Detail(name, value, self.clock.now_ms())
        await self.store.details.put(tx, person.person_id, person.key, new)
        return True

    async def send_code(self, tx: Transaction, person: KnownPerson, *, language: str) -> Code:
        """Queue a mail with a new code to the address a person gave."""
        site, now_ms = self.sites[person.page_id], self.clock.now_ms()
        address = (await self.given(tx, person)).get("email")
        if address is None:
            return "no_address"
        if address.verified_at_ms is not None:
            return "confirmed"
        if not site.has_mail:
            return "no_mail"
        code = await self.store.codes.make(tx, person.person_id, person.key, now_ms=now_ms)
        if code is None:
            return "too_many"
        subject, text = code_mail(site, language, code)
        mail = NewMail(
            person_id=person.person_id,
            key=person.key,
            letter=Letter(address.value, subject, text),
            due_at_ms=now_ms,
            expires_at_ms=now_ms + LIFETIME_MS,
        )
        await self.store.mails.add(tx, mail)
        return "sent"

    async def check_code(self, tx: Transaction, person: KnownPerson, typed: str) -> Checked | None:
        """Compare a code; the right one confirms the address. None where that is done."""
        address = (await self.given(tx, person)).get("email")
        if address is None:
            return Checked("none")
        if address.verified_at_ms is not None:
            return None
        who, now_ms = person.person_id, self.clock.now_ms()
        checked = await self.store.codes.check(tx, who, person.key, typed, now_ms=now_ms)
        if checked.verdict == "right":
            await self.store.details.mark_verified(tx, who, now_ms=now_ms)
        return checked

    async def make_link(self, tx: Transaction, person: KnownPerson, name: Field) -> str:
        """Make a page for one detail; return the secret part of its address."""
        now_ms = self.clock.now_ms()
        return await self.store.links.make(
            tx,
            person.person_id,
            "detail",
            now_ms=now_ms,
            expires_at_ms=now_ms + LINK_LIFETIME_MS,
            about=name,
        )

    async def drop_unneeded(
        self, tx: Transaction, person: KnownPerson, statuses: Mapping[str, ConsentStatus]
    ) -> None:
        """Delete what nothing needs any more that the person still says yes to."""
        needed = {
            name for name in FIELDS if purposes_needing(self.sites[person.page_id], name, statuses)
        }
        if await self.store.admins.of(tx, person.person_id):
            needed.add("email")  # alerts go there, whatever news they take
        await self.store.details.keep_only(tx, person.person_id, needed)


def purposes_needing(
    site: Site, name: Field, statuses: Mapping[str, ConsentStatus]
) -> tuple[str, ...]:
    """Return the purposes with a yes that need a detail."""
    granted = {purpose_id for purpose_id, status in statuses.items() if status.is_granted}
    return tuple(p.id for p in site.purposes if p.id in granted and name in p.needs)
