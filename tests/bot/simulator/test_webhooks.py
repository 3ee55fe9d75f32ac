"""What the simulator posts to the bot."""

import re
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.simulator import Simulator
from bot.simulator.postman import signature
from tests.bot.simulator.conftest import APP_ID, PAGE, Caller, Hook, sha256

VECTOR = (
    rb'{"object":"page","entry":[{"id":"555000111","time":1795430400123,"messaging":[{"sender":'
    rb'{"id":"7001"},"recipient":{"id":"555000111"},"timestamp":1795430399900,"message":'
    rb'{"mid":"m_demo1","text":"caf\u00e9 \ud83d\ude00"}}]}]}'
)
VECTOR_MAC = "4da296743d43f03541316c1f75fe2e28431bc5a16d5e7fcab0a48643be68f655"


def test_signature_vector() -> None:
    """The signature of the documented body is the documented one."""
    assert signature(VECTOR, app_secret="demo-app-secret") == f"sha256={VECTOR_MAC}"


async def test_body_is_escaped_and_signed_raw(simulator: Simulator, hook: Hook) -> None:
    """A body is pure ASCII with the platform's escapes, and its signature covers those bytes."""
    await simulator.say(simulator.add_person(), "café 😀 a/b @c <d> 5%")
    raw = hook.bodies[0]
    assert rb"caf\u00e9 \ud83d\ude00 a\/b \u0040c \u003Cd> 5\u0025" in raw
    assert hook.signatures == [sha256(raw)]


async def test_a_text_has_the_real_envelope(simulator: Simulator, hook: Hook) -> None:
    """A typed text arrives in the envelope of the platform, in milliseconds."""
    psid = simulator.add_person()
    posted = await simulator.say(psid, "hello")
    (entry,) = hook.entries
    (event,) = entry["messaging"]
    assert (entry["id"], event["sender"], event["recipient"]) == (
        PAGE.id,
        {"id": psid},
        {"id": PAGE.id},
    )
    assert event["message"] == {"mid": posted.mid, "text": "hello"}
    assert len(str(event["timestamp"])) == 13


async def test_ids_look_like_the_platforms(simulator: Simulator) -> None:
    """A page-scoped id has 16 or 17 digits."""
    assert re.fullmatch(r"\d{16,17}", simulator.add_person())


async def test_not_200_is_repeated(simulator: Simulator, hook: Hook) -> None:
    """An event that is not answered 200 comes again, byte by byte the same."""
    hook.statuses = [500, 503]
    posted = await simulator.say(simulator.add_person(), "hi")
    assert (posted.status, posted.attempts, len(set(hook.bodies))) == (200, 3, 1)


async def test_giving_up_is_told(simulator: Simulator, hook: Hook) -> None:
    """After a few attempts the event is given up, and the caller is told."""
    hook.statuses = [500] * 9
    posted = await simulator.say(simulator.add_person(), "hi")
    assert (posted.is_acknowledged, posted.attempts) == (False, 3)


async def test_no_bot_is_no_answer(simulator: Simulator) -> None:
    """A webhook that nobody listens at counts as status 0."""
    simulator.postman.webhook_url = "http://127.0.0.1:9/webhook"
    assert (await simulator.say(simulator.add_person(), "hi")).status == 0


async def test_handshake(simulator: Simulator) -> None:
    """The GET handshake succeeds when the challenge comes back."""
    assert await simulator.verify()


async def test_several_events_in_one_body(simulator: Simulator, hook: Hook, psid: str) -> None:
    """Tests can post several events, old or twice, in one body, at a time of their own."""
    old = simulator.text_event(psid, "old", at_ms=1_795_430_399_900, mid="m_1")
    assert await simulator.post([old, old], entry_time_ms=5) == 200
    entries = hook.entries[-2:]
    assert [entry["time"] for entry in entries] == [5, 5]
    assert [entry["messaging"][0]["message"]["mid"] for entry in entries] == ["m_1", "m_1"]


async def test_unsubscribed_field_is_not_sent(
    simulator: Simulator, hook: Hook, caller: Caller
) -> None:
    """An event of a field that the app did not subscribe to is not sent."""
    path = f"v26.0/{PAGE.id}/subscribed_apps"
    await caller.call("POST", path, params={"subscribed_fields": "messaging_postbacks"})
    psid = simulator.add_person()
    await simulator.say(psid, "hi")
    await simulator.get_started(psid)
    assert [list(event)[-1] for event in hook.events] == ["postback"]


async def test_echo_and_delivery_follow_a_send(
    simulator: Simulator, hook: Hook, caller: Caller, psid: str
) -> None:
    """An accepted send comes back as an echo with its metadata, then as a delivery."""
    simulator.receipts.echoes = simulator.receipts.deliveries = True
    answer = await caller.send(psid, {"text": "yes", "metadata": "out:9f1c"})
    await hook.wait_for(3)
    echo, delivery = hook.events[1:]
    assert echo["sender"] == {"id": PAGE.id}
    assert echo["message"] == {
        "mid": answer["message_id"],
        "is_echo": True,
        "app_id": int(APP_ID),
        "metadata": "out:9f1c",
        "text": "yes",
    }
    assert delivery["delivery"]["mids"] == [answer["message_id"]]
    assert "timestamp" not in delivery


Act = Callable[[Simulator, str], Coroutine[Any, Any, object]]
ACTS: dict[str, tuple[Act, str, dict[str, object]]] = {
    "get started": (
        lambda sim, psid: sim.get_started(psid, ref="qr-7"),
        "postback",
        {
            "title": "Get started",
            "payload": "GET_STARTED",
            "referral": {"ref": "qr-7", "source": "SHORTLINK", "type": "OPEN_THREAD"},
        },
    ),
    "link": (
        lambda sim, psid: sim.arrive(psid, "spring"),
        "referral",
        {"ref": "spring", "source": "SHORTLINK", "type": "OPEN_THREAD"},
    ),
    "reaction": (
        lambda sim, psid: sim.react(psid, "m_1"),
        "reaction",
        {"reaction": "love", "emoji": "\u2764\ufe0f", "action": "react"},
    ),
    "sticker": (
        lambda sim, psid: sim.send_attachment(psid, "sticker"),
        "message",
        {
            "attachments": [
                {
                    "type": "sticker",
                    "payload": {
                        "url": "https://cdn.example/sticker.png",
                        "sticker_id": 369239263222822,
                    },
                }
            ]
        },
    ),
}


@pytest.mark.parametrize("name", ACTS)
async def test_acts(simulator: Simulator, hook: Hook, psid: str, name: str) -> None:
    """Each act of a person arrives in the documented shape."""
    act, key, content = ACTS[name]
    await act(simulator, psid)
    event = hook.events[-1]
    assert event[key].pop("mid", "m_").startswith("m_")
    assert event[key] == content


async def test_two_people_do_not_wait_for_each_other(simulator: Simulator, hook: Hook) -> None:
    """Events of different people are posted independently, each person's in order."""
    first, second = simulator.add_person(), simulator.add_person()
    for number in range(3):
        await simulator.say(first, str(number))
        await simulator.say(second, str(number))
    texts = [e["message"]["text"] for e in hook.events if e["sender"]["id"] == first]
    assert texts == ["0", "1", "2"]
