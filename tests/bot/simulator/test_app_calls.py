"""The calls for the app and for an account of the organisation, with the platform's refusals."""

from typing import Any

import pytest

from bot.simulator import Simulator
from tests.bot.simulator.conftest import APP_ID, APP_SECRET, OTHER_PAGE, PAGE, Caller, Event, Hook

HOUR_S = 3600
SUBSCRIPTIONS = f"v26.0/{APP_ID}/subscriptions"


def as_app(caller: Caller, secret: str = APP_SECRET) -> Caller:
    """Let a caller speak for the app."""
    return caller.speaks_with(f"{APP_ID}|{secret}")


async def exchanged(caller: Caller, token: str, **others: str) -> Event:
    """Ask for a token that lasts."""
    form = {
        "grant_type": "fb_exchange_token",
        "client_id": APP_ID,
        "client_secret": APP_SECRET,
        "fb_exchange_token": token,
    }
    return (await caller.call("POST", "v26.0/oauth/access_token", data=form | others))[1]


async def test_a_token_is_exchanged_for_one_that_lasts(
    simulator: Simulator, caller: Caller
) -> None:
    """The short one is over after two hours, the other one is not."""
    short = simulator.log_in()
    answer = await exchanged(caller, short)
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 5_184_000)
    simulator.clock.move(3 * HOUR_S)  # type: ignore[attr-defined] # the fixture's clock can be moved
    assert (await exchanged(caller, short))["error"]["error_subcode"] == 463
    longer = caller.speaks_with(answer["access_token"])
    assert len((await longer.call("GET", "v26.0/me/accounts"))[1]["data"]) == 2


@pytest.mark.parametrize(
    ("others", "code"),
    [
        ({"client_secret": "wrong"}, 1),
        ({"client_id": "1"}, 101),
        ({"fb_exchange_token": "never-was"}, 190),
        ({"grant_type": "password"}, 100),
    ],
)
async def test_an_exchange_is_refused(
    simulator: Simulator, caller: Caller, others: dict[str, str], code: int
) -> None:
    """Each wrong part has the code that Meta gives it."""
    answer = await exchanged(caller, simulator.log_in(), **others)
    assert answer["error"]["code"] == code


async def test_secrets_stay_out_of_addresses(caller: Caller) -> None:
    """What would be logged on the way is refused, though Meta takes it."""
    given = {"client_secret": APP_SECRET}
    _, answer = await caller.call("POST", "v26.0/oauth/access_token", params=given)
    assert answer["error"]["code"] == 190
    _, answer = await as_app(caller).call(
        "GET", "v26.0/debug_token", params={"input_token": PAGE.access_token}
    )
    assert answer["error"]["code"] == 190


async def test_accounts_show_what_was_allowed(simulator: Simulator, caller: Caller) -> None:
    """Only Pages the account gave, with its tasks; without the permission, none and no error."""
    some = caller.speaks_with(simulator.log_in(tasks={PAGE.id: ("ANALYZE",)}))
    (page,) = (await some.call("GET", "v26.0/me/accounts"))[1]["data"]
    assert (page["id"], page["tasks"]) == (PAGE.id, ["ANALYZE"])
    assert page["access_token"] == PAGE.access_token
    none = caller.speaks_with(simulator.log_in(scopes={"pages_messaging"}))
    assert (await none.call("GET", "v26.0/me/accounts"))[1]["data"] == []
    _, told = await none.call("GET", "v26.0/me/permissions")
    assert {"permission": "pages_messaging", "status": "granted"} in told["data"]


def subscription(simulator: Simulator, **others: Any) -> dict[str, Any]:
    """Return what subscribes the app to two fields."""
    return {
        "object": "page",
        "callback_url": simulator.postman.webhook_url,
        "verify_token": simulator.postman.verify_token,
        "fields": "messages,standby",
    } | others


async def test_subscribing_asks_the_webhook_first(simulator: Simulator, caller: Caller) -> None:
    """An address that does not answer as it has to is refused with 2200, and changes nothing."""
    app = as_app(caller)
    simulator.forget_subscriptions()
    for wrong in ({"callback_url": "http://127.0.0.1:1/webhook"}, {"verify_token": "other"}):
        _, answer = await app.call("POST", SUBSCRIPTIONS, json=subscription(simulator, **wrong))
        assert answer["error"]["code"] == 2200
    assert (await app.call("GET", SUBSCRIPTIONS))[1]["data"] == []
    _, answer = await app.call("POST", SUBSCRIPTIONS, json=subscription(simulator))
    assert answer == {"success": True}
    (found,) = (await app.call("GET", SUBSCRIPTIONS))[1]["data"]
    assert found["callback_url"] == simulator.postman.webhook_url
    assert [field["name"] for field in found["fields"]] == ["messages", "standby"]


async def test_fields_are_added_and_left_out(simulator: Simulator, caller: Caller) -> None:
    """What is subscribed to already stays until it is left out by name."""
    app = as_app(caller)
    before = set(simulator.app_fields)
    await app.call("POST", SUBSCRIPTIONS, json=subscription(simulator))
    assert simulator.app_fields == before
    gone = {"object": "page", "fields": "message_reads,message_edits"}
    await app.call("DELETE", SUBSCRIPTIONS, json=gone)
    assert simulator.app_fields == before - {"message_reads", "message_edits"}


@pytest.mark.parametrize("token", [PAGE.access_token, f"{APP_ID}|wrong"])
async def test_only_the_app_changes_its_subscription(
    simulator: Simulator, caller: Caller, token: str
) -> None:
    """A Page's token, or another secret's, is refused with 190."""
    other = caller.speaks_with(token)
    _, answer = await other.call("POST", SUBSCRIPTIONS, json=subscription(simulator))
    assert answer["error"]["code"] == 190


async def test_a_page_posts_what_both_levels_name(simulator: Simulator, hook: Hook) -> None:
    """The app's subscription alone is not enough, nor is the Page's."""
    simulator.pages[PAGE.id].fields = frozenset()
    await simulator.say(simulator.add_person(PAGE.id), "hi")
    await simulator.say(simulator.add_person(OTHER_PAGE.id), "hi")
    assert [entry["id"] for entry in hook.entries] == [OTHER_PAGE.id]
    simulator.app_fields = frozenset()
    await simulator.say(simulator.add_person(OTHER_PAGE.id), "hi")
    assert len(hook.entries) == 1
