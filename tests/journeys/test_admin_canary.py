"""What admins see, and what is kept of what they do, names nobody."""

import pytest
import sqlalchemy as sa

from bot.admins.gate import RULES
from storage.db.admin_tables import admin_acts
from tests.kit.admins import AdminChat, admin, first_owner
from tests.kit.deployment import PAGE, Deployment
from tests.storage import raw_files

WORDS = "zebracanary-4711"


async def test_no_person_is_named_in_acts_messages_logs_or_on_disk(
    deployment: Deployment, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every command is given, while a person writes; admins go by number in all that comes of it.

    The same search finds the number of an admin, so it is able to fail.
    """
    psid = deployment.simulator.add_person(name=WORDS)
    person = deployment.chat(psid)
    await person.says(f"{WORDS} hello")
    await person.hears()
    owner, viewer = await first_owner(deployment), await admin(deployment, "viewer")
    await _give_every_command(owner, viewer)
    store = deployment.bot.store
    ids = [store.keyring.lookup(PAGE, one) for one in (psid, owner.chat.psid, viewer.chat.psid)]
    async with store.read() as tx:
        people = await store.people.find(tx, ids)
        acts = b"".join((await tx.execute(sa.select(admin_acts.c.opening))).scalars())
    secrets = [psid, owner.chat.psid, viewer.chat.psid, WORDS, owner.seed, viewer.seed]
    assert not raw_files.found(acts, secrets)
    for number in (*people.values(), *ids):
        assert number not in acts
        assert number.hex().encode() not in acts
    assert raw_files.found(acts, ["A-2"])
    for path in raw_files.below(deployment.databases.folder):
        assert not raw_files.found(path.read_bytes(), secrets), path.name
    assert not raw_files.found(deployment.bot.metrics.exposition(), secrets)
    told = capfd.readouterr()
    assert not raw_files.found((told.out + told.err).encode(), secrets)
    heard = "".join(bubble.text for who in (owner, viewer) for bubble in who.chat.bubbles())
    assert not raw_files.found(heard.encode(), [psid, owner.chat.psid, viewer.chat.psid])


async def _give_every_command(owner: AdminChat, viewer: AdminChat) -> None:
    """Let both type everything there is, with somebody's words behind it, and one be revoked."""
    for who in (owner, viewer):
        await who.signs_in()
        for command in RULES:
            if command != "logout":
                await who.chat.says(f"/{command} {WORDS}")
                await who.chat.hears()
            await who.chat.says(f"/{command}")
            await who.chat.hears()
    await owner.chat.says("/admin revoke A-2")
    await owner.chat.hears_among("six digits")
    await owner.proves()
    await owner.chat.hears_among("no admin any more")
