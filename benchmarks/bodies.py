"""Signed webhook requests, as Meta sends them, ready for the socket."""

import hmac
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Final

from benchmarks.meta_app import APP_ID, APP_SECRET, page_of

_KEY: Final = APP_SECRET.encode()
_HEAD: Final = (
    b"POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: facebookexternalua\r\n"
    b"Accept: */*\r\nContent-Type: application/json\r\n"
    b"X-Hub-Signature-256: sha256=%b\r\nContent-Length: %d\r\n\r\n%b"
)
_numbers = count(1)


def message(psid: str, text: str) -> bytes:
    """Return the request that brings one message of a person."""
    page = page_of(psid)
    content = {"mid": f"m_in{next(_numbers)}", "text": text}
    return _request({page: [_event(psid, page, content)]})


def echoes(sent: Iterable[tuple[str, str, Mapping[str, Any]]]) -> bytes:
    """Return the request that brings several echoes at once, each with whom it went to."""
    events: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for psid, mid, message in sent:
        marks = {"mid": mid, "is_echo": True, "app_id": int(APP_ID)}
        kept = {key: message[key] for key in ("text", "metadata") if key in message}
        page = page_of(psid)
        events[page].append(_event(page, psid, {**marks, **kept}))
    return _request(events)


def _event(sender: str, recipient: str, message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sender": {"id": sender},
        "recipient": {"id": recipient},
        "timestamp": _now_ms(),
        "message": message,
    }


def _request(events: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    entries = [{"id": page, "time": _now_ms(), "messaging": some} for page, some in events.items()]
    body = json.dumps({"object": "page", "entry": entries}, separators=(",", ":")).encode()
    signature = hmac.digest(_KEY, body, "sha256").hex().encode()
    return _HEAD % (signature, len(body), body)


def _now_ms() -> int:
    return int(time.time() * 1000)
