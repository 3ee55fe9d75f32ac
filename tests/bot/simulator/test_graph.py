"""Who may call the Graph double, and the calls that are not sends."""

import pytest

from bot.simulator import SimulatedPage, Simulator
from tests.bot.simulator.conftest import APP_ID, APP_SECRET, OTHER_PAGE, PAGE, Caller, Hook

PROFILE = f"v26.0/{PAGE.id}/messenger_profile"
NODE = f"v26.0/{PAGE.id}"
UNSUBSCRIBE = f"{NODE}/messaging_customer_base/unsubscribe"
GET_STARTED = {"get_started": {"payload": "GO"}}


def menu(*titles: str, locale: str = "default") -> dict[str, object]:
    """Return a persistent menu of postbacks."""
    items = [{"type": "postback", "title": t, "payload": t.upper()} for t in titles]
    return {"locale": locale, "composer_input_disabled": False, "call_to_actions": items}


async def test_token_in_the_header(caller: Caller) -> None:
    """The token in the header, with its proof, opens the Page."""
    assert await caller.call("GET", NODE) == (200, {"id": PAGE.id, "name": PAGE.name})


async def test_no_token(caller: Caller) -> None:
    """Without a token every call is refused."""
    caller.headers = {}
    status, answer = await caller.call("GET", NODE)
    assert (status, answer["error"]["code"]) == (401, 190)


@pytest.mark.parametrize("place", ["query", "body"])
async def test_token_in_the_url_or_body(caller: Caller, place: str) -> None:
    """A token in the URL or the body is refused, though the header has it too."""
    given = {"access_token": PAGE.access_token}
    traits = {"params": given} if place == "query" else {"json": given}
    _, answer = await caller.call("POST", PROFILE, **traits)
    assert answer["error"]["code"] == 190
    assert "header" in answer["error"]["message"]


async def test_revoked_token(simulator: Simulator, caller: Caller) -> None:
    """A revoked token is refused with 190/460 until it is restored."""
    simulator.revoke_token(PAGE.id)
    _, answer = await caller.call("GET", NODE)
    assert (answer["error"]["code"], answer["error"]["error_subcode"]) == (190, 460)
    simulator.restore_token(PAGE.id)
    assert (await caller.call("GET", NODE))[0] == 200


@pytest.mark.parametrize("proof", ["", "0" * 64])
async def test_proof(caller: Caller, proof: str) -> None:
    """A missing or wrong appsecret_proof is refused."""
    caller.query = {"appsecret_proof": proof} if proof else {}
    status, answer = await caller.call("GET", NODE)
    assert (status, answer["error"]["code"]) == (400, 100)
    assert "appsecret_proof" in answer["error"]["message"]


async def test_version_is_required(caller: Caller) -> None:
    """A path without a version is unknown."""
    assert (await caller.call("POST", f"{PAGE.id}/messages", json={}))[0] == 404
    assert (await caller.call("GET", f"latest/{PAGE.id}"))[0] == 404


async def test_another_page(caller: Caller) -> None:
    """A Page's token does not open another Page."""
    _, answer = await caller.call("GET", "v26.0/555000222")
    assert (answer["error"]["code"], answer["error"]["error_subcode"]) == (100, 33)


async def test_profile_is_kept(caller: Caller) -> None:
    """What is set can be read and deleted; `me` is the Page of the token."""
    assert (await caller.call("POST", PROFILE, json=GET_STARTED))[1] == {"result": "success"}
    me = "v26.0/me/messenger_profile"
    query = {"fields": "get_started,greeting"}
    assert (await caller.call("GET", me, params=query))[1] == {"data": [GET_STARTED]}
    await caller.call("DELETE", me, json={"fields": ["get_started"]})
    assert (await caller.call("GET", me, params=query))[1] == {"data": []}


@pytest.mark.parametrize(
    "properties",
    [
        {"persistent_menu": [menu("a")]},
        {**GET_STARTED, "persistent_menu": [menu("a", locale="de_DE")]},
        {**GET_STARTED, "persistent_menu": [menu("x" * 31)]},
        {"greeting": [{"locale": "default", "text": "x" * 161}]},
        {
            "ice_breakers": [
                {"locale": "default", "call_to_actions": [{"question": "q", "payload": "p"}] * 5}
            ]
        },
        {"commands": [{"locale": "default", "commands": [{"name": "n"}]}]},
        {"colour": "green"},
        {},
    ],
)
async def test_profile_limits(caller: Caller, properties: dict[str, object]) -> None:
    """A property beyond its limits is refused, and nothing is kept."""
    assert (await caller.call("POST", PROFILE, json=properties))[1]["error"]["code"] == 100
    fields = {"fields": "get_started,greeting,ice_breakers,persistent_menu,commands"}
    assert (await caller.call("GET", PROFILE, params=fields))[1] == {"data": []}


async def test_ten_profile_calls_in_ten_minutes(simulator: Simulator, caller: Caller) -> None:
    """The eleventh profile call in ten minutes is refused; later it is taken."""
    statuses = [(await caller.call("POST", PROFILE, json=GET_STARTED))[0] for _ in range(11)]
    assert statuses == [200] * 10 + [400]
    simulator.clock.move(601)  # type: ignore[attr-defined] # the fixture's clock can be moved
    assert (await caller.call("POST", PROFILE, json=GET_STARTED))[0] == 200


async def test_people_see_the_profile_in_their_language(
    simulator: Simulator, caller: Caller, hook: Hook
) -> None:
    """The menu is shown in a person's language, and a tap is a postback."""
    menus = [menu("Stop"), menu("Halt", locale="de_DE")]
    await caller.call("POST", PROFILE, json={**GET_STARTED, "persistent_menu": menus})
    await simulator.menu(simulator.add_person(locale="de_DE"), 0)
    await simulator.menu(simulator.add_person(locale="fr_FR"), 0)
    assert [event["postback"]["payload"] for event in hook.events] == ["HALT", "STOP"]


async def test_commands(simulator: Simulator, caller: Caller, hook: Hook) -> None:
    """A text that starts with a command of the profile names it."""
    commands = [{"name": "stop", "description": "Stop all news"}]
    body = {"commands": [{"locale": "default", "commands": commands}]}
    await caller.call("POST", PROFILE, json=body)
    psid = simulator.add_person()
    await simulator.say(psid, "/stop now")
    await simulator.say(psid, "/other")
    named = [event["message"].get("commands") for event in hook.events]
    assert named == [[{"name": "stop"}], None]


async def test_subscriptions(caller: Caller) -> None:
    """The subscribed fields can be read, and set."""
    path = f"{NODE}/subscribed_apps"
    _, before = await caller.call("GET", path)
    assert "message_echoes" in before["data"][0]["subscribed_fields"]
    await caller.call("POST", path, params={"subscribed_fields": "messages,standby"})
    _, after = await caller.call("GET", path)
    assert after["data"][0]["id"] == APP_ID
    assert after["data"][0]["subscribed_fields"] == ["messages", "standby"]


@pytest.mark.parametrize(("token", "is_valid"), [(PAGE.access_token, True), ("never-was", False)])
async def test_debug_token(caller: Caller, token: str, is_valid: bool) -> None:  # noqa: FBT001 - pytest gives it by name
    """The app's own token can ask whether a Page's token is valid."""
    caller.headers = {"Authorization": f"Bearer {APP_ID}|{APP_SECRET}"}
    given = {"method": "GET", "input_token": token}
    _, answer = await caller.call("POST", "v26.0/debug_token", json=given)
    assert answer["data"]["is_valid"] is is_valid


async def test_standby(simulator: Simulator, caller: Caller, hook: Hook, psid: str) -> None:
    """While the inbox holds the thread, events come in standby and sends are refused."""
    await simulator.hand_over(psid)
    await simulator.get_started(psid)
    entry = hook.entries[-1]
    assert "messaging" not in entry
    assert "payload" not in entry["standby"][0]["postback"]
    answer = await caller.send(psid)
    assert (answer["error"]["code"], answer["error"]["error_subcode"]) == (10, 2018300)


async def test_hand_back(simulator: Simulator, caller: Caller, hook: Hook, psid: str) -> None:
    """When the inbox passes the thread back, the bot hears of it and may write."""
    await simulator.hand_over(psid)
    await simulator.hand_back(psid)
    taken, passed = hook.events[-2:]
    assert taken["take_thread_control"]["new_owner_app_id"] == "263902037430900"
    assert passed["pass_thread_control"]["new_owner_app_id"] == APP_ID
    assert "message_id" in await caller.send(psid)


async def test_the_bot_hands_over_and_takes_back(caller: Caller, psid: str) -> None:
    """The bot can pass the thread to the inbox, and take it back."""
    to_inbox = {"recipient": {"id": psid}, "target_app_id": "263902037430900"}
    path = f"{NODE}/pass_thread_control"
    assert (await caller.call("POST", path, json=to_inbox))[1] == {"success": True}
    assert "error" in await caller.send(psid)
    await caller.call("POST", f"{NODE}/take_thread_control", json={"recipient": {"id": psid}})
    assert "message_id" in await caller.send(psid)


async def test_a_human_in_the_inbox(simulator: Simulator, hook: Hook, psid: str) -> None:
    """What a human writes in the Page inbox comes as an echo of the inbox's app."""
    await simulator.page_inbox_says(psid, "I will look into it.")
    message = hook.events[-1]["message"]
    assert (message["is_echo"], message["app_id"]) == (True, 263902037430900)


def test_a_token_is_never_shown() -> None:
    """A Page's token does not stand in its repr."""
    assert "secret" not in repr(SimulatedPage(id="1", name="P", access_token="secret"))


async def test_the_bot_takes_somebody_off_marketing(
    simulator: Simulator, caller: Caller, psid: str
) -> None:
    """The call names one person of the Page."""
    given = {"data": [{"psid": psid}]}
    assert await caller.call("POST", UNSUBSCRIBE, json=given) == (200, {"success": True})
    assert simulator.unsubscribed == [psid]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"data": []},
        {"data": {"psid": "1"}},
        {"data": ["1"]},
        {"data": [{"psid": 1}]},
        {"data": [{"psid": "1", "phone": "1"}]},
        {"data": [{"psid": "1"}, {"psid": "2"}]},
        {"data": [{"psid": "1"}], "recipient": {"id": "1"}},
        {"data": [{"psid": "1"}]},
    ],
)
async def test_whoever_else_is_named_is_refused(
    simulator: Simulator, caller: Caller, given: dict[str, object]
) -> None:
    """Another shape of the body, or somebody unknown, is a bad parameter."""
    status, answer = await caller.call("POST", UNSUBSCRIBE, json=given)
    assert (status, answer["error"]["code"]) == (400, 100)
    assert simulator.unsubscribed == []


async def test_another_page_takes_nobody_off_marketing(
    simulator: Simulator, caller: Caller, psid: str
) -> None:
    """A token opens its own Page only."""
    other = caller.speaks_with(OTHER_PAGE.access_token)
    _, answer = await other.call("POST", UNSUBSCRIBE, json={"data": [{"psid": psid}]})
    assert answer["error"]["code"] == 100
    assert simulator.unsubscribed == []
