"""What admins are told when their chat is closed: by e-mail to a proven address, or not at all."""

import pytest

from storage.details import Detail
from tests.kit.admins import AdminChat, admin, first_owner
from tests.kit.deployment import PAGE, Databases, Deployment, deployed
from tests.kit.mail_server import MailServer, text_of

ADDRESS = "officer@example.org"
DAY_S = 24 * 3600


async def _gives_address(deployment: Deployment, psid: str) -> None:
    """Let a person have typed an address that nobody has proven yet."""
    store, now_ms = deployment.bot.store, deployment.clock.now_ms()
    lookup = store.keyring.lookup(PAGE, psid)
    async with store.write() as tx:
        person = await store.people.get(tx, (await store.people.find(tx, [lookup]))[lookup])
        assert person is not None
        await store.details.put(tx, person.person_id, person.key, Detail("email", ADDRESS, now_ms))


async def _revokes(owner: AdminChat, name: str) -> None:
    owner.chat.catches_up()
    await owner.chat.says(f"/admin revoke {name}")
    await owner.chat.hears("six digits")
    await owner.proves()
    await owner.chat.hears_among(f"{name} is no admin any more")


@pytest.mark.parametrize("is_proven", [True, False])
@pytest.mark.parametrize("why", ["closed", "stopped"])
async def test_outside_the_chat_only_a_proven_address_is_told(
    databases: Databases, why: str, *, is_proven: bool
) -> None:
    """Of the end of a role: after 24 hours of silence, or after STOP; the subject says nothing."""
    async with MailServer() as server, deployed(databases, mail=server.settings()) as deployment:
        owner = await first_owner(deployment)
        officer = await admin(deployment, "privacy officer")
        psid = officer.chat.psid
        if is_proven:
            await deployment.verifies_email(psid, ADDRESS)
        else:
            await _gives_address(deployment, psid)
        if why == "closed":
            deployment.clock.move(DAY_S + 60)
        else:
            await officer.chat.says("STOP")
            await officer.chat.hears("Done.")
        await deployment.settles()
        heard = len(officer.chat.bubbles())
        await _revokes(owner, officer.name)
        await deployment.settles()
        if is_proven:

            async def is_mailed() -> bool:
                return bool(server.mails)

            await deployment.until(is_mailed)
            (mail,) = server.mails
            assert mail["To"] == ADDRESS
            assert "You are no admin of this Page any more" in text_of(mail)
            assert "admin" not in mail["Subject"]
        assert len(server.mails) == is_proven
        assert len(officer.chat.bubbles()) == heard
