"""The Send API double: what it takes, and each way it refuses."""

import io
import json
from typing import Any

import aiohttp
import pytest

from bot.simulator import Button, QuickReply, Simulator
from bot.simulator.draft import FILLED_IN, MAX_FILE_BYTES
from bot.simulator.graph import MAX_BODY_BYTES
from tests.bot.simulator.conftest import OTHER_PAGE, PAGE, Caller

HOUR_S = 3600
MESSAGES = f"v26.0/{PAGE.id}/messages"


def codes(answer: dict[str, Any]) -> tuple[int, int | None]:
    """Return what a client decides on."""
    error = answer["error"]
    assert error["fbtrace_id"]
    return error["code"], error.get("error_subcode")


def template(**payload: Any) -> dict[str, Any]:
    """Return a template message."""
    return {"attachment": {"type": "template", "payload": payload}}


def postback(title: str) -> dict[str, str]:
    """Return a postback button."""
    return {"type": "postback", "title": title, "payload": title.upper()}


async def test_a_text_is_shown(simulator: Simulator, caller: Caller, psid: str) -> None:
    """A text is answered with both ids, shown to the person, and kept in the log."""
    answer = await caller.send(psid, {"text": "hello", "metadata": "m1"})
    thread = await simulator.wait_for(1, psid)
    assert answer == {"recipient_id": psid, "message_id": thread[-1].mid}
    assert (thread[-1].text, thread[-1].from_page) == ("hello", True)
    assert [(sent.psid, sent.metadata) for sent in simulator.received] == [(psid, "m1")]


async def test_quick_replies_and_taps(simulator: Simulator, caller: Caller, psid: str) -> None:
    """A quick reply is cut to 20 characters, can be tapped once, and vanishes."""
    choice = {"content_type": "text", "title": "x" * 25, "payload": "YES"}
    await caller.send(psid, {"text": "Well?", "quick_replies": [choice]})
    expected = (QuickReply(title="x" * 20, payload="YES"),)
    assert simulator.thread(psid)[-1].quick_replies == expected
    await simulator.tap(psid, "YES")
    assert simulator.thread(psid)[-1].text == "x" * 20
    with pytest.raises(LookupError, match="YES"):
        await simulator.tap(psid, "YES")


async def test_buttons_and_taps(simulator: Simulator, caller: Caller, psid: str) -> None:
    """A button stays, and its tap is a postback."""
    web_url = {"type": "web_url", "title": "Notice", "url": "https://bot.example/privacy"}
    buttons = [postback("Go"), web_url]
    await caller.send(psid, template(template_type="button", text="There", buttons=buttons))
    assert simulator.thread(psid)[-1].buttons == (
        Button(title="Go", payload="GO"),
        Button(title="Notice", url="https://bot.example/privacy"),
    )
    await simulator.say(psid, "wait")
    await simulator.tap(psid, "Go")
    assert simulator.thread(psid)[-1].payload == "GO"


async def test_cards(simulator: Simulator, caller: Caller, psid: str) -> None:
    """A generic template shows its elements."""
    element = {"title": "Book", "subtitle": "Due soon", "buttons": [postback("Renew")]}
    await caller.send(psid, template(template_type="generic", elements=[element]))
    assert simulator.thread(psid)[-1].cards[0].subtitle == "Due soon"


async def test_a_file_comes_by_multipart(simulator: Simulator, caller: Caller, psid: str) -> None:
    """A file part named filedata is shown as an attachment, with metadata."""
    form = file_form(psid, b'{"a":1}', kind="file", content_type="application/json")
    status, _ = await caller.call("POST", MESSAGES, data=form)
    attachment = simulator.thread(psid)[-1].attachment
    assert status == 200
    assert attachment is not None
    assert (attachment.name, attachment.content) == ("export.json", b'{"a":1}')
    assert simulator.thread(psid)[-1].metadata == "export:1"


@pytest.mark.parametrize(
    ("kind", "size_bytes", "subcode"),
    [
        ("image", 3, 2018047),
        ("file", MAX_FILE_BYTES + 1, 2018109),
        ("file", MAX_BODY_BYTES + 1, 2018109),
    ],
)
async def test_bad_files(
    caller: Caller, psid: str, kind: str, size_bytes: int, subcode: int
) -> None:
    """A file of another type, or over 25 MiB, is refused."""
    form = file_form(psid, b"x" * size_bytes, kind=kind, content_type="application/json")
    _, answer = await caller.call("POST", MESSAGES, data=form)
    assert codes(answer) == (100, subcode)


def file_form(psid: str, content: bytes, *, kind: str, content_type: str) -> aiohttp.FormData:
    """Return the form that carries a file."""
    message = {"attachment": {"type": kind, "payload": {}}, "metadata": "export:1"}
    form = aiohttp.FormData()
    form.add_field("recipient", json.dumps({"id": psid}))
    form.add_field("messaging_type", "RESPONSE")
    form.add_field("message", json.dumps(message))
    form.add_field(
        "filedata", io.BytesIO(content), filename="export.json", content_type=content_type
    )
    return form


async def test_sender_action(caller: Caller, psid: str) -> None:
    """A sender action is answered with the person's id only."""
    action = {"recipient": {"id": psid}, "sender_action": "typing_on"}
    assert await caller.call("POST", MESSAGES, json=action) == (200, {"recipient_id": psid})


QUICK_REPLY = {"content_type": "text", "title": "t", "payload": "p"}
MALFORMED: dict[str, dict[str, Any]] = {
    "text of 2000": {"message": {"text": "x" * 2000}},
    "empty text": {"message": {"text": " "}},
    "14 quick replies": {"message": {"text": "?", "quick_replies": [QUICK_REPLY] * 14}},
    "long payload": {
        "message": {"text": "?", "quick_replies": [{**QUICK_REPLY, "payload": "p" * 1001}]}
    },
    "metadata of 1000": {"message": {"text": "?", "metadata": "x" * 1000}},
    "no messaging_type": {"messaging_type": None},
    "no message": {"message": {"metadata": "m"}},
    "no recipient": {"recipient": {}},
    "unknown tag": {"tag": "SOMETHING"},
    "no button": {"message": template(template_type="button", text="?", buttons=[])},
    "four buttons": {
        "message": template(template_type="button", text="?", buttons=[postback("b")] * 4)
    },
    "button text of 641": {
        "message": template(template_type="button", text="x" * 641, buttons=[postback("b")])
    },
    "button title of 21": {
        "message": template(template_type="button", text="?", buttons=[postback("b" * 21)])
    },
    "bare element": {"message": template(template_type="generic", elements=[{"title": "t"}])},
    "text and file": {"message": {"text": "?", **template(template_type="button")}},
}


@pytest.mark.parametrize("case", MALFORMED)
async def test_malformed_sends(caller: Caller, psid: str, case: str) -> None:
    """A send beyond a documented limit is refused with 100."""
    assert codes(await caller.send(psid, **MALFORMED[case])) == (100, None)


async def test_message_and_action(caller: Caller, psid: str) -> None:
    """A message and a sender action in one call are refused."""
    answer = await caller.send(psid, sender_action="typing_on")
    assert codes(answer) == (100, 2018014)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("CONFIRMED_EVENT_UPDATE", (100, 1893061)),
        ("ACCOUNT_UPDATE", (100, 1893061)),
        ("POST_PURCHASE_UPDATE", (100, 1893061)),
        ("HUMAN_AGENT", (10, None)),
    ],
)
async def test_tags(caller: Caller, psid: str, tag: str, expected: tuple[int, int | None]) -> None:
    """Retired tags are refused even inside the window; HUMAN_AGENT is not for bots."""
    assert codes(await caller.send(psid, messaging_type="MESSAGE_TAG", tag=tag)) == expected


async def test_the_window_closes(simulator: Simulator, caller: Caller, psid: str) -> None:
    """24 hours after the last act the Page cannot write, until the person acts again."""
    clock = simulator.clock
    clock.move(24 * HOUR_S - 60)  # type: ignore[attr-defined] # the fixture's clock can be moved
    assert "message_id" in await caller.send(psid)
    clock.move(61)  # type: ignore[attr-defined] # as above
    assert codes(await caller.send(psid)) == (10, 2018278)
    await simulator.react(psid, "m_1")
    assert "message_id" in await caller.send(psid)


async def test_no_first_message(simulator: Simulator, caller: Caller) -> None:
    """The Page cannot write to somebody who never wrote."""
    assert codes(await caller.send(simulator.add_person())) == (10, 2018278)


async def test_unknown_and_foreign_people(simulator: Simulator, caller: Caller) -> None:
    """An unknown id, and a person of another Page, do not exist."""
    stranger = simulator.add_person(OTHER_PAGE.id)
    assert codes(await caller.send("1234567890123456")) == (100, 2018001)
    assert codes(await caller.send(stranger)) == (100, 2018001)


async def test_blocked(simulator: Simulator, caller: Caller, psid: str) -> None:
    """A person who blocks the Page is not available."""
    simulator.block(psid)
    assert codes(await caller.send(psid)) == (551, 1545041)
    simulator.unblock(psid)
    assert "message_id" in await caller.send(psid)


async def test_300_calls_a_second(simulator: Simulator, caller: Caller, psid: str) -> None:
    """Beyond the Page's calls a second comes 613, and a second later it goes on."""
    simulator.pages[PAGE.id].allowance.sends.limit = 0
    assert codes(await caller.send(psid)) == (613, None)


async def test_usage_header(simulator: Simulator, caller: Caller, psid: str) -> None:
    """The usage header tells how much of the Page's allowance is used."""
    simulator.pages[PAGE.id].usage_percent = 85
    url = f"{simulator.graph_url}/{MESSAGES}"
    action = {"recipient": {"id": psid}, "sender_action": "mark_seen"}
    async with (
        aiohttp.ClientSession(headers=caller.headers) as session,
        session.post(url, params=caller.query, json=action) as answer,
    ):
        usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])
    assert usage[PAGE.id][0]["call_count"] == 85


@pytest.mark.parametrize(("kind", "value"), FILLED_IN.items())
async def test_messenger_fills_in_what_it_knows(
    simulator: Simulator, caller: Caller, psid: str, kind: str, value: str
) -> None:
    """The quick reply shows the person's own value, and a tap sends it as text and as payload."""
    await caller.send(psid, {"text": "Where?", "quick_replies": [{"content_type": kind}]})
    assert simulator.thread(psid)[-1].quick_replies == (QuickReply(title=value, payload=value),)
    await simulator.tap(psid, value)
    assert (simulator.thread(psid)[-1].text, simulator.thread(psid)[-1].payload) == (value, value)
