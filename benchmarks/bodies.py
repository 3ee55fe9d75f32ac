"""Signed webhook requests, as Meta sends them, ready for the socket."""

import hmac
import json
import time
from collections.abc import Mapping
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
    return _request(page, sender=psid, recipient=page, message=content)


def echo(psid: str, mid: str, sent: Mapping[str, Any]) -> bytes:
    """Return the request that brings the echo of what the bot sent."""
    page = page_of(psid)
    marks = {"mid": mid, "is_echo": True, "app_id": int(APP_ID)}
    kept = {key: sent[key] for key in ("text", "metadata") if key in sent}
    return _request(page, sender=page, recipient=psid, message={**marks, **kept})


def _request(page: str, *, sender: str, recipient: str, message: Mapping[str, Any]) -> bytes:
    now_ms = int(time.time() * 1000)
    event = {
        "sender": {"id": sender},
        "recipient": {"id": recipient},
        "timestamp": now_ms,
        "message": message,
    }
    entry = {"id": page, "time": now_ms, "messaging": [event]}
    body = json.dumps({"object": "page", "entry": [entry]}, separators=(",", ":")).encode()
    signature = hmac.digest(_KEY, body, "sha256").hex().encode()
    return _HEAD % (signature, len(body), body)
