"""Reads what was said: messages, echoes, changes of a text, reactions."""

from typing import Final

from bot.inbound import shapes
from bot.inbound.file_hosts import may_be_fetched
from bot.inbound.kinds import AttachmentKind, Echo, Edit, Message, Reaction, WireEvent
from bot.inbound.seen import MAX_PAYLOAD_CHARS, Seen, cut, read_id, read_ref

#: Beyond this, what a person wrote is cut: no answer depends on the rest.
MAX_TEXT_CHARS: Final = 4000
#: More attachments of one message are not looked at.
MAX_ATTACHMENTS: Final = 30
#: Meta allows five changes; a number that no database holds is no number of a change.
_MAX_EDITS: Final = 1_000_000

_ATTACHMENT_KINDS: Final[dict[str | None, AttachmentKind]] = {
    "image": "image",
    "audio": "audio",
    "video": "video",
    "file": "file",
    "sticker": "sticker",
    "fallback": "fallback",
    "reel": "reel",
    "ig_reel": "reel",
    "post": "post",
    "ig_post": "post",
    "location": "location",
    "template": "template",
}


def read_message(body: shapes.MessageBody, seen: Seen) -> WireEvent:
    """Return a message or an echo; what the Page said is an echo even where the mark is missing."""
    if body.is_echo or seen.is_from_page:
        return _read_echo(body, seen)
    if body.is_deleted:
        return seen.made(Message, mid=body.mid, is_deleted=True)
    return _read_words(body, seen)


def _read_echo(body: shapes.MessageBody, seen: Seen) -> Echo:
    """Return what is needed to settle a send; sender and recipient are swapped."""
    return Echo(
        page_id=seen.page_id,
        psid=seen.recipient,
        at_ms=seen.at_ms,
        is_standby=seen.is_standby,
        mid=body.mid,
        app_id=read_id(body.app_id),
        metadata=cut(body.metadata, MAX_PAYLOAD_CHARS),
    )


def _read_words(body: shapes.MessageBody, seen: Seen) -> Message:
    quick_reply, reply_to = body.quick_reply, body.reply_to
    return Message(
        page_id=seen.page_id,
        psid=seen.sender,
        at_ms=seen.at_ms,
        is_standby=seen.is_standby,
        mid=body.mid,
        text=cut(body.text, MAX_TEXT_CHARS),
        payload=cut(quick_reply.payload, MAX_PAYLOAD_CHARS) if quick_reply else None,
        attachments=_read_attachments(body.attachments),
        reply_to=reply_to.mid if reply_to else None,
        ref=read_ref(body.referral),
        commands=tuple(command.name for command in body.commands) if body.commands else (),
        file_url=_read_file_url(body.attachments),
    )


def _read_attachments(listed: list[shapes.Attachment] | None) -> tuple[AttachmentKind, ...]:
    if not listed:
        return ()
    return tuple(_read_attachment(each) for each in listed[:MAX_ATTACHMENTS])


def _read_file_url(listed: list[shapes.Attachment] | None) -> str | None:
    """Return the address of the one file there is, where it may be fetched from there at all."""
    if not listed or len(listed) != 1 or listed[0].type != "file":
        return None
    payload = listed[0].payload
    url = payload.get("url") if isinstance(payload, dict) else None
    return url if isinstance(url, str) and may_be_fetched(url) else None


def _read_attachment(attachment: shapes.Attachment) -> AttachmentKind:
    """Return the kind; until August 2026 a sticker came as an image with a sticker's id."""
    payload = attachment.payload
    if attachment.type == "image" and isinstance(payload, dict) and payload.get("sticker_id"):
        return "sticker"
    return _ATTACHMENT_KINDS.get(attachment.type, "other")


def read_edit(body: shapes.EditBody, seen: Seen) -> WireEvent:
    """Return a changed text.

    Raises:
        ValueError: The number of the change is no such number.
    """
    num_edit = int(body.num_edit)
    if not 0 <= num_edit <= _MAX_EDITS:
        raise ValueError("not a number of a change")
    return seen.made(Edit, mid=body.mid, text=body.text[:MAX_TEXT_CHARS], num_edit=num_edit)


def read_reaction(body: shapes.ReactionBody, seen: Seen) -> WireEvent:
    """Return a reaction; one that is taken back may lack everything but the message."""
    is_given = body.action == "react" or (body.action is None and body.reaction is not None)
    return seen.made(
        Reaction,
        mid=body.mid,
        action="react" if is_given else "unreact",
        reaction=body.reaction,
        emoji=body.emoji,
    )
