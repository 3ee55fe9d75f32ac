"""/stats and /settings: numbers without people, and what is configured without secrets."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from storage.figures import count
from tests.journeys.test_admin_cases import complained, signed_in
from tests.journeys.test_admin_pausing import subscribed
from tests.kit.admins import AdminChat
from tests.kit.deployment import Deployment

FEW = "fewer than 5"


async def test_small_numbers_single_nobody_out(deployment: Deployment) -> None:
    """Six people are told as six; one who agrees, one who stopped and nobody look the same."""
    owner = await signed_in(deployment)
    await subscribed(deployment)
    stopped = await subscribed(deployment)
    await stopped.says("stop")
    await stopped.hears()
    for _ in range(3):
        await complained(deployment)
    deployment.clock.move(600)
    told = await _counted(owner, people=6)
    for line in ("Agree to news", "Said STOP, and agree to nothing", "Restricted"):
        assert f"{line}: {FEW}" in told


async def _counted(owner: AdminChat, *, people: int) -> str:
    """Return the numbers, as soon as so many people were counted."""
    for _ in range(100):
        await owner.chat.says("/stats")
        told = (await owner.chat.hears("People known")).text
        if f"People known: {people}" in told:
            break
    assert f"People known: {people}" in told
    return told


@pytest.mark.parametrize("portion", [1, 2, 100])
async def test_portions_count_everybody_once(deployment: Deployment, portion: int) -> None:
    """However people are cut into portions, the sums are the same."""
    for _ in range(3):
        await subscribed(deployment)
    gone = await subscribed(deployment)
    await gone.says("stop")
    await gone.hears()
    found = await count(deployment.bot.store, now_ms=deployment.clock.now_ms(), portion=portion)
    assert (found.people, found.stopped, dict(found.consented)) == (4, 1, {"news": 3})


async def test_settings_tell_no_secret(deployment: Deployment) -> None:
    """What is told names languages, purposes and periods, and no secret there is."""
    owner = await signed_in(deployment)
    await owner.chat.says("/settings")
    told = (await owner.chat.hears("Environment: development")).text
    assert "news (marketing)" in told
    secrets = list(_secrets(deployment.settings))
    assert len(secrets) > 3
    assert not [one for one in secrets if one in told]


@pytest.mark.parametrize("command", ["/stats", "/settings"])
async def test_too_much_is_answered_with_what_to_type(deployment: Deployment, command: str) -> None:
    """An argument that nobody asked for is not passed over."""
    owner = await signed_in(deployment)
    await owner.chat.says(f"{command} 'everybody' \U0001f600 {'x' * 1900}")
    await owner.chat.hears(f"Please type it like this: {command}")


def _secrets(section: Any) -> Iterator[str]:
    """Yield every secret of the settings, however deep."""
    for name in type(section).model_fields:
        value = getattr(section, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, SecretStr):
                yield one.get_secret_value()
            elif hasattr(type(one), "model_fields"):
                yield from _secrets(one)
