"""Subscriptions over the wire: once an hour what has ended is put right, or told of."""

from functools import partial

import pytest

from bot.outbound.subscribing import NEEDED
from storage.alerts import AlertKind
from tests.kit.admins import first_owner
from tests.kit.deployment import PAGE, Deployment

HOUR_S = 3600
DAY_S = 24 * HOUR_S


async def stands(deployment: Deployment, kind: AlertKind) -> bool:
    """Tell whether an alert of a kind is due for the first Page."""
    async with deployment.bot.store.read() as tx:
        due = await deployment.bot.store.alerts.list_due(tx, now_ms=deployment.clock.now_ms())
    return (kind, PAGE) in {(alert.kind, alert.about) for alert in due}


async def test_a_page_that_was_unsubscribed_is_subscribed_again(deployment: Deployment) -> None:
    """Within the hour, to exactly what is needed, and nobody is called for it."""
    deployment.simulator.forget_subscriptions()
    deployment.clock.move(HOUR_S)

    async def is_mended() -> bool:
        state = deployment.simulator.pages[PAGE]
        return state.fields == set(NEEDED) == deployment.simulator.app_fields

    await deployment.until(is_mended)
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears("I am an automated bot")
    assert not await stands(deployment, AlertKind.NOT_SUBSCRIBED)


async def test_what_people_read_is_unsubscribed(deployment: Deployment) -> None:
    """A field that nobody should hear of goes, of the Page and of the app."""
    page = deployment.simulator.pages[PAGE]
    assert "message_reads" in page.fields & deployment.simulator.app_fields
    deployment.clock.move(HOUR_S)

    async def is_gone() -> bool:
        fields = deployment.simulator.pages[PAGE].fields | deployment.simulator.app_fields
        return "message_reads" not in fields

    await deployment.until(is_gone)


@pytest.mark.parametrize("edge", ["subscribed_apps", "subscriptions"])
async def test_what_messenger_does_not_let_be_mended_is_told_of(
    deployment: Deployment, edge: str
) -> None:
    """An admin hears of it, with what to do; once it works, the alert is over."""
    owner = await first_owner(deployment)
    await deployment.settles()
    owner.chat.catches_up()
    simulator = deployment.simulator
    fields, app_fields = simulator.pages[PAGE].fields, simulator.app_fields
    # What posts still is left: an admin's window has to stay open.
    simulator.pages[PAGE].fields = fields - {"standby"}
    simulator.app_fields = app_fields - {"standby"}
    simulator.refuse_changes(edge, 100)
    deployment.clock.move(HOUR_S)
    told = await owner.chat.hears(f"does not post everything of Page {PAGE}")
    assert "chatmagico connect" in told.text
    simulator.refuse_changes(edge, None)
    deployment.clock.move(HOUR_S)

    async def is_over() -> bool:
        return not await stands(deployment, AlertKind.NOT_SUBSCRIBED)

    await deployment.until(is_over)


async def test_an_app_that_posts_elsewhere_is_left_alone(deployment: Deployment) -> None:
    """Another bot's address stays, and an admin decides whose the app is."""
    elsewhere = "http://127.0.0.1:1/webhook"
    deployment.simulator.postman.webhook_url = elsewhere
    deployment.clock.move(HOUR_S)

    async def is_told() -> bool:
        return await stands(deployment, AlertKind.NOT_SUBSCRIBED)

    await deployment.until(is_told)
    assert deployment.simulator.postman.webhook_url == elsewhere


async def test_a_token_near_its_end_is_told_of_twice(deployment: Deployment) -> None:
    """From fourteen days before on, and from three; a token that lasts ends the alert."""

    async def stage_is(expected: str | None) -> bool:
        async with deployment.bot.store.read() as tx:
            due = await deployment.bot.store.alerts.list_due(tx, now_ms=deployment.clock.now_ms())
        stages = {alert.stage for alert in due if alert.kind == AlertKind.TOKEN_ENDS}
        return stages == ({expected} if expected else set())

    end_ms = deployment.clock.now_ms() + 15 * DAY_S * 1000
    deployment.simulator.end_token(PAGE, at_ms=end_ms)
    deployment.clock.move(HOUR_S)
    await deployment.until(partial(stage_is, None))
    deployment.clock.move(DAY_S)
    await deployment.until(partial(stage_is, "14 days"))
    deployment.clock.move(11 * DAY_S)
    await deployment.until(partial(stage_is, "3 days"))
    deployment.simulator.end_token(PAGE, at_ms=0)
    deployment.clock.move(HOUR_S)
    await deployment.until(partial(stage_is, None))
