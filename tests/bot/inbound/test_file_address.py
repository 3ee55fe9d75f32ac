"""Of everything that is attached, one address is kept: that of a single file at Meta's hosts."""

from typing import Any

import pytest

from bot.inbound.events import Message, encode

from .bodies import an_item, parsed_from

URL = "https://cdn.fbsbx.com/v/t59.2708-21/my-data.html?oh=1"


def attached(*attachments: Any) -> Message:
    """Return the message that has these attachments."""
    message = {"mid": "m_1", "attachments": list(attachments)}
    (event,), _ = parsed_from(an_item(message=message))
    assert isinstance(event, Message)
    return event


def a(kind: str, url: Any = URL) -> dict[str, Any]:
    """Return one attachment."""
    return {"type": kind, "payload": {"url": url}}


def test_the_address_of_a_single_file_is_kept() -> None:
    """A person may hand in what was exported."""
    assert attached(a("file")).file_url == URL
    assert attached(a("file", "http://127.0.0.1:8080/sim/files/1/2")).file_url is not None


@pytest.mark.parametrize(
    "attachments",
    [
        (a("image"),),
        (a("audio"),),
        (a("file"), a("file")),
        (a("file", "https://files.example.org/f"),),
        (a("file", "http://10.0.0.1/f"),),
        (a("file", 7),),
        ({"type": "file", "payload": None},),
        ({"type": "file"},),
        (),
    ],
)
def test_no_other_address_is(attachments: tuple[Any, ...]) -> None:
    """What nobody asked for is not kept."""
    event = attached(*attachments)
    assert event.file_url is None
    assert b"http" not in encode(event)
