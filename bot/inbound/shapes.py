"""The JSON that Meta sends, as far as it is read, in the words of Meta's pages.

    {"object": "page", "entry": [{"id": …, "messaging": [item, …]}]}     the bot owns the thread
    {"object": "page", "entry": [{"id": …, "standby":   [item, …]}]}     another app owns it
    {"object": "page", "entry": [{"id": …, "changes":   [{"field": …, "value": …}]}]}

An item carries `sender`, `recipient`, `timestamp`, any of which may be missing, and one more key
that says what happened. Ids come as strings or numbers, times as seconds or milliseconds, in digits
or quoted. Keys that are not named here are skipped without being looked at.
"""

from typing import Annotated, Any

from msgspec import Meta, Raw, Struct

Id = str | int
Mid = Annotated[str, Meta(max_length=500)]
Name = Annotated[str, Meta(max_length=64)]
Time = int | str | float


class _Shape(Struct, gc=False):
    """Part of a body; lives only while the body is read."""


class Party(_Shape):
    """A person, a Page, or somebody in a plugin who has no id yet."""

    id: Id | None = None
    user_ref: Annotated[str, Meta(max_length=500)] | None = None


class QuickReply(_Shape):
    """The quick reply a person tapped."""

    payload: str | None = None


class Attachment(_Shape):
    """Something sent with a message; the payload differs with the type and may be missing."""

    type: str | None = None
    payload: Any = None


class MessageRef(_Shape):
    """The message another one answers."""

    mid: Mid | None = None


class ReferralBody(_Shape):
    """How a person came to the thread."""

    ref: str | None = None


class Command(_Shape):
    """A `/command` that a person picked."""

    name: Name


class MessageBody(_Shape):
    """Under `message`: what a person, or as an echo the Page, said."""

    mid: Mid | None = None
    text: str | None = None
    quick_reply: QuickReply | None = None
    attachments: list[Attachment] | None = None
    reply_to: MessageRef | None = None
    referral: ReferralBody | None = None
    commands: list[Command] | None = None
    is_echo: bool | None = None
    is_deleted: bool | None = None
    app_id: Id | None = None
    metadata: str | None = None


class EditBody(_Shape):
    """Under `message_edit`; `num_edit` comes quoted too."""

    mid: Mid
    text: str = ""
    num_edit: int | str = 0


class ReactionBody(_Shape):
    """Under `reaction`; when it is taken back, keys may be missing."""

    mid: Mid | None = None
    action: str | None = None
    reaction: Name | None = None
    emoji: Name | None = None


class DeliveryBody(_Shape):
    """Under `delivery`; `mids` may be missing."""

    watermark: Time | None = None
    mids: list[Mid] | None = None


class ReadBody(_Shape):
    """Under `read`."""

    watermark: Time | None = None


class PostbackBody(_Shape):
    """Under `postback`; without payload in standby, without `mid` in old versions."""

    mid: Mid | None = None
    payload: str | None = None
    title: str | None = None
    referral: ReferralBody | None = None


class OptInBody(_Shape):
    """Under `optin`, for plugins and for Meta's own notifications."""

    type: Name | None = None
    ref: str | None = None
    user_ref: Annotated[str, Meta(max_length=500)] | None = None
    payload: str | None = None
    notification_messages_status: str | None = None


class LinkingBody(_Shape):
    """Under `account_linking`."""

    status: str


class PolicyBody(_Shape):
    """Under `policy_enforcement`; no reason when a block ends."""

    action: Name
    reason: str | None = None


class ControlBody(_Shape):
    """Under `pass_thread_control`, `take_thread_control` and `request_thread_control`."""

    previous_owner_app_id: Id | None = None
    new_owner_app_id: Id | None = None
    requested_owner_app_id: Id | None = None


class Item(_Shape):
    """One thing that happened in one thread."""

    sender: Party | None = None
    recipient: Party | None = None
    timestamp: Time | None = None
    message: MessageBody | None = None
    message_edit: EditBody | None = None
    reaction: ReactionBody | None = None
    delivery: DeliveryBody | None = None
    read: ReadBody | None = None
    postback: PostbackBody | None = None
    optin: OptInBody | None = None
    referral: ReferralBody | None = None
    account_linking: LinkingBody | None = None
    policy_enforcement: PolicyBody | None = None
    pass_thread_control: ControlBody | None = None
    take_thread_control: ControlBody | None = None
    request_thread_control: ControlBody | None = None
    app_roles: dict[str, list[str]] | None = None
    response_feedback: dict[str, Any] | None = None
    messaging_feedback: dict[str, Any] | None = None
    messaging_customer_information: dict[str, Any] | None = None
    form: dict[str, Any] | None = None
    game_play: dict[str, Any] | None = None


class Change(_Shape):
    """One change of a subscribed field; for a messaging field the value is an item."""

    field: Name
    value: Raw = Raw()


class Entry(_Shape):
    """What happened on one Page; `time` is when Meta wrote this down."""

    id: Id
    time: Time | None = None
    messaging: list[Item] | None = None
    standby: list[Item] | None = None
    changes: list[Change] | None = None


class Body(_Shape):
    """A whole body, where every part is as it should be."""

    object: str
    entry: list[Entry] = []


class LooseEntry(_Shape):
    """An entry whose items are read one by one, so that a bad one spoils no other."""

    id: Id
    time: Raw = Raw()
    messaging: list[Raw] | None = None
    standby: list[Raw] | None = None
    changes: list[Raw] | None = None


class LooseBody(_Shape):
    """A body whose entries are read one by one."""

    object: str
    entry: list[Raw] = []
