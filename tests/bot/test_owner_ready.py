"""In production somebody answers for the bot and can be reached; elsewhere nobody is asked for."""

from typing import Literal

import pytest

from bot.readiness.owner import owner_faults
from bot.settings import Settings
from tests.kit.admins import first_owner, invited
from tests.kit.deployment import Databases, deployed

MAIL = {"host": "127.0.0.1", "port": 25, "sender": "bot@example.org"}


def in_production(settings: Settings) -> Settings:
    """Return the same settings under the strict rules."""
    return settings.model_copy(update={"environment": "production"})


@pytest.mark.parametrize(
    ("there_is", "checked", "started"),
    [
        ("nobody", 1, 1),
        ("an invited owner", 1, 0),
        ("an owner without an address", 1, 1),
        ("an owner with an address", 0, 0),
    ],
)
async def test_who_has_to_be_there(
    databases: Databases,
    there_is: Literal["nobody", "an invited owner", "an owner without an address"],
    checked: int,
    started: int,
) -> None:
    """An owner with a confirmed address; to start, an owner's code that waits is enough."""
    async with deployed(databases, mail=MAIL) as deployment:
        if there_is == "an invited owner":
            await invited(deployment, "owner")
        elif there_is != "nobody":
            owner = await first_owner(deployment)
            if there_is != "an owner without an address":
                await deployment.verifies_email(owner.chat.psid, "owner@example.org")
        settings, now_ms = in_production(deployment.settings), deployment.clock.now_ms()
        for may_be_invited, count in ((False, checked), (True, started)):
            faults = await owner_faults(settings, now_ms=now_ms, may_be_invited=may_be_invited)
            assert len(faults) == count
            if count:
                assert "chatmagico admin invite --role owner" in faults[0].mend
        later_ms = now_ms + 16 * 60_000
        if there_is == "an invited owner":
            assert await owner_faults(settings, now_ms=later_ms, may_be_invited=True)
        developing = deployment.settings
        assert await owner_faults(developing, now_ms=now_ms, may_be_invited=False) == []


async def test_without_mail_nobody_can_be_reached(databases: Databases) -> None:
    """Production without a mail server is told so, before anything is made."""
    async with deployed(databases) as deployment:
        settings = in_production(deployment.settings)
        faults = await owner_faults(settings, now_ms=0, may_be_invited=True)
    assert [fault.key for fault in faults] == ["mail", "admins"]
