"""A reply of a flow becomes the `message` object of the Send API."""

from typing import Any

import msgspec

from flows.kit.reply import Button, Choice, Reply

_encode = msgspec.json.Encoder().encode


def render(reply: Reply) -> bytes:
    """Return the message as JSON; the sender adds the recipient and its own mark."""
    message: dict[str, Any] = _with_buttons(reply) if reply.buttons else {"text": reply.text}
    if reply.choices:
        message["quick_replies"] = [_quick_reply(choice) for choice in reply.choices]
    return _encode(message)


def _with_buttons(reply: Reply) -> dict[str, Any]:
    buttons = [_button(button) for button in reply.buttons]
    template = {"template_type": "button", "text": reply.text, "buttons": buttons}
    return {"attachment": {"type": "template", "payload": template}}


def _quick_reply(choice: Choice) -> dict[str, str]:
    if choice.fills_in:
        return {"content_type": choice.fills_in}
    return {"content_type": "text", "title": choice.title, "payload": choice.payload}


def _button(button: Button) -> dict[str, str]:
    if button.url:
        return {"type": "web_url", "title": button.title, "url": button.url}
    return {"type": "postback", "title": button.title, "payload": button.payload or ""}
