"""A send request becomes a draft, or a refusal: the content limits of the Send API.

The limits are those of Meta's pages on the Send API, quick replies, buttons and templates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.simulator.graph_error import (
    FILE_TOO_BIG,
    NO_HUMAN_AGENT,
    RETIRED_TAG,
    GraphError,
    bad_parameter,
)
from bot.simulator.template import TemplateContent, parse_template
from bot.simulator.values import Attachment, QuickReply

RETIRED_TAGS = frozenset({"CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"})
SENDER_ACTIONS = frozenset({"typing_on", "typing_off", "mark_seen", "react", "unreact"})
FILE_KINDS = frozenset({"image", "audio", "video", "file"})
#: What everybody here has told Messenger of themselves; it shows and sends the value itself.
FILLED_IN = {"user_email": "person@example.com", "user_phone_number": "+4930901820"}
MAX_TEXT_CHARS = 2000
MAX_METADATA_CHARS = 1000
MAX_QUICK_REPLIES = 13
MAX_TITLE_CHARS = 20
MAX_PAYLOAD_CHARS = 1000
MAX_FILE_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A send request that keeps the content limits."""

    psid: str
    text: str = ""
    quick_replies: tuple[QuickReply, ...] = ()
    template: TemplateContent | None = None
    attachment: Attachment | None = None
    metadata: str | None = None
    tag: str | None = None


def parse_recipient(body: Mapping[str, Any]) -> str:
    """Return the PSID that a call is for."""
    recipient = body.get("recipient")
    if not isinstance(recipient, dict) or not recipient.get("id"):
        raise bad_parameter("param recipient must hold the id of a person.")
    return str(recipient["id"])


def parse_action(body: Mapping[str, Any]) -> str:
    """Return the sender action, such as `typing_on`."""
    if "message" in body:
        raise bad_parameter("A message and a sender_action cannot go together.", subcode=2018014)
    action = body["sender_action"]
    if action not in SENDER_ACTIONS:
        raise bad_parameter(f"param sender_action must be one of {sorted(SENDER_ACTIONS)}.")
    return str(action)


def parse_draft(body: Mapping[str, Any], *, file: Attachment | None = None) -> Draft:
    """Read a send request; `file` is what came as the multipart field `filedata`."""
    psid = parse_recipient(body)
    tag = _parse_tag(body)
    message = body.get("message")
    if not isinstance(message, dict) or not message:
        raise bad_parameter("param message must be non-empty.")
    draft = _with_content(Draft(psid=psid, tag=tag), message, file=file)
    metadata = message.get("metadata")
    if metadata is not None:
        _check_text("message.metadata", metadata, below=MAX_METADATA_CHARS)
    quick_replies = _parse_quick_replies(message.get("quick_replies", []))
    return replace(draft, metadata=metadata, quick_replies=quick_replies)


def _parse_tag(body: Mapping[str, Any]) -> str | None:
    tag = body.get("tag")
    if tag in RETIRED_TAGS:
        raise GraphError(RETIRED_TAG)
    if tag == "HUMAN_AGENT":
        raise GraphError(NO_HUMAN_AGENT)
    if tag is not None:
        raise bad_parameter("param tag is not a message tag that this app may use.")
    if body.get("messaging_type") not in {"RESPONSE", "UPDATE"}:
        raise bad_parameter("param messaging_type must be RESPONSE or UPDATE.")
    return None


def _with_content(draft: Draft, message: Mapping[str, Any], *, file: Attachment | None) -> Draft:
    if "attachment" not in message:
        _check_text("message.text", message.get("text"), below=MAX_TEXT_CHARS)
        return replace(draft, text=message["text"])
    if "text" in message:
        raise bad_parameter("message.text and message.attachment cannot go together.")
    attachment = message["attachment"]
    if not isinstance(attachment, dict) or not isinstance(attachment.get("payload"), dict):
        raise bad_parameter("message.attachment must hold a type and a payload.")
    if attachment.get("type") == "template":
        template = parse_template(attachment["payload"])
        return replace(draft, text=template.text, template=template)
    return replace(draft, attachment=_parse_file(attachment, file=file))


def _check_text(name: str, value: object, *, below: int) -> None:
    if not isinstance(value, str) or not value.strip():
        raise bad_parameter(f"{name} must be a non-empty text.")
    if len(value) >= below:
        raise bad_parameter(f"Length of param {name} must be less than {below}.")


def _parse_quick_replies(items: object) -> tuple[QuickReply, ...]:
    if not isinstance(items, list):
        raise bad_parameter("message.quick_replies must be a list.")
    if len(items) > MAX_QUICK_REPLIES:
        raise bad_parameter(f"message.quick_replies must hold at most {MAX_QUICK_REPLIES} items.")
    return tuple(_parse_quick_reply(item) for item in items)


def _parse_quick_reply(item: object) -> QuickReply:
    kind = item.get("content_type") if isinstance(item, dict) else None
    if kind in FILLED_IN:
        return QuickReply(title=FILLED_IN[kind], payload=FILLED_IN[kind])
    if not isinstance(item, dict) or kind != "text":
        raise bad_parameter("A quick reply must have content_type text.")
    _check_text("quick_replies.title", item.get("title"), below=MAX_TEXT_CHARS)
    _check_text("quick_replies.payload", item.get("payload"), below=MAX_PAYLOAD_CHARS + 1)
    return QuickReply(title=item["title"][:MAX_TITLE_CHARS], payload=item["payload"])


def _parse_file(attachment: Mapping[str, Any], *, file: Attachment | None) -> Attachment:
    kind = attachment.get("type")
    if kind not in FILE_KINDS:
        raise bad_parameter("message.attachment.type is not known.")
    if file is None:
        uploaded = attachment["payload"].get("attachment_id")
        if isinstance(uploaded, str) and uploaded.isdecimal():
            return Attachment(kind=kind, name=uploaded)
        url = attachment["payload"].get("url")
        _check_text("message.attachment.payload.url", url, below=MAX_TEXT_CHARS)
        return Attachment(kind=kind, name=url.rsplit("/", 1)[-1], url=url)
    if len(file.content) > MAX_FILE_BYTES:
        raise GraphError(FILE_TOO_BIG)
    if kind != "file" and not file.content_type.startswith(f"{kind}/"):
        raise bad_parameter("The file's content type does not fit its type.", subcode=2018047)
    return replace(file, kind=kind)
