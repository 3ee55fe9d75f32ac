"""What each body in `tests/payloads` says, as the events it must become."""

from typing import Any, Final, TypeVar

from bot.inbound.event import Event
from bot.inbound.events import (
    AccountLinking,
    AppRoles,
    CustomerInformation,
    Delivery,
    Echo,
    Edit,
    Feedback,
    GamePlay,
    LeadForm,
    Message,
    OptIn,
    PageChange,
    PolicyEnforcement,
    Postback,
    Reaction,
    Read,
    Referral,
    ThreadControl,
    WireEvent,
)

PAGE_ID: Final = "555000111"
PSID: Final = "7001"
AT_MS: Final = 1795430399900
#: When Meta wrote the entry down: the time of an event that has none of its own.
ENTRY_AT_MS: Final = 1795430400123

_EventT = TypeVar("_EventT", bound=Event)


def _seen(kind: type[_EventT], /, **fields: Any) -> _EventT:
    """Return an event of the usual person, on the usual Page, at the usual time."""
    return kind(**{"page_id": PAGE_ID, "psid": PSID, "at_ms": AT_MS, **fields})


#: By the name of the file. Nothing more may be in an event: least of all an echo's text.
EXPECTED: Final[dict[str, WireEvent]] = {
    "account_linked": _seen(AccountLinking, at_ms=1795430399000, is_linked=True),
    "account_unlinked": _seen(AccountLinking, is_linked=False),
    "app_roles": _seen(AppRoles, psid=None, roles=(("22", ("primary_receiver",)),)),
    "customer_information": _seen(CustomerInformation, digest="b7c2816a128d313af68426d6875fecda"),
    "delivery": _seen(Delivery, at_ms=ENTRY_AT_MS, watermark_at_ms=1795430399000, mids=("m_C1",)),
    "delivery_without_mids": _seen(Delivery, at_ms=ENTRY_AT_MS, watermark_at_ms=1795430399000),
    "echo_ours": _seen(Echo, mid="m_C1", app_id="123456", metadata="out:9f1c"),
    "echo_page_inbox": _seen(Echo, mid="m_C2", app_id="26390203743090"),
    "echo_standby": _seen(Echo, is_standby=True, mid="m_E2", app_id="263902037430900"),
    "echo_template": _seen(Echo, mid="m_C5", app_id="123456"),
    "echo_without_app": _seen(Echo, mid="m_C3"),
    "echo_without_mark": _seen(Echo, mid="m_C4"),
    "feed_comment": _seen(
        PageChange, psid=None, at_ms=None, field="feed", digest="1cc7f988e55a1bd12a02a2b56fee6008"
    ),
    "feedback_form": _seen(
        Feedback, at_ms=ENTRY_AT_MS, source="form", digest="beee308180e8feb0429524ecc1411c8a"
    ),
    "feedback_thumbs": _seen(
        Feedback, source="thumbs", digest="212b5449c8c81de4186eca18af3df5ea", is_good=True
    ),
    "game_play": _seen(GamePlay, digest="c6276b29cdf83762acea2dd314391045"),
    "hop_context": _seen(Message, mid="m_G3", text="hello"),
    "lead_form": _seen(LeadForm, digest="49e18c4e73e624b5b79d5e5c6b5f6173"),
    "marketing_delivery": _seen(
        PageChange,
        psid=None,
        at_ms=None,
        field="marketing_message_deliveries",
        digest="fdf0e75b079f0e48f27672182452c851",
    ),
    "message_about_product": _seen(Message, mid="m_B2", text="hi"),
    "message_accents": _seen(Message, mid="m_B8", text="café 😀 żółw"),
    "message_appointment": _seen(Message, mid="m_A9", attachments=("other",)),
    "message_command": _seen(Message, mid="m_B4", text="flights to LAX", commands=("flights",)),
    "message_deleted": _seen(Message, mid="m_A1", is_deleted=True),
    "message_edit": _seen(Edit, mid="m_A1", text="new text", num_edit=1),
    "message_edit_quoted": _seen(Edit, mid="m_A1", text="newer text", num_edit=2),
    "message_files": _seen(Message, mid="m_B5", attachments=("file", "audio", "video")),
    "message_from_ad": _seen(Message, mid="m_B3", text="hi", ref="promo"),
    "message_ig_post": _seen(Message, mid="m_A8", attachments=("post",)),
    "message_ig_reel": _seen(Message, mid="m_A7b", attachments=("reel",)),
    "message_image": _seen(Message, mid="m_A4", attachments=("image",)),
    "message_in_changes": _seen(
        Message,
        page_id="0",
        psid="12334",
        at_ms=1527459824000,
        mid="test_message_id",
        text="test_message",
        commands=("command123",),
    ),
    "message_link": _seen(
        Message, mid="m_A6", text="see https://ex.am/x", attachments=("fallback",)
    ),
    "message_link_without_payload": _seen(
        Message, mid="m_A6b", text="see https://ex.am/x", attachments=("fallback",)
    ),
    "message_location": _seen(Message, mid="m_B6", attachments=("location",)),
    "message_product": _seen(Message, mid="m_B1", attachments=("template",)),
    "message_quick_reply": _seen(Message, mid="m_A2", text="Yes", payload="CONFIRM:42"),
    "message_reel": _seen(Message, mid="m_A7", attachments=("reel",)),
    "message_reply": _seen(Message, mid="m_A3", text="this one", reply_to="m_9"),
    "message_standby": _seen(Message, is_standby=True, mid="m_E1", text="STOP"),
    "message_sticker": _seen(Message, mid="m_A5", attachments=("sticker",)),
    "message_sticker_as_image": _seen(Message, mid="m_A5b", attachments=("sticker",)),
    "message_text": _seen(Message, mid="m_A1", text="hello"),
    "message_with_nlp": _seen(Message, mid="m_B7", text="tomorrow"),
    "numbers_for_ids": _seen(Message, mid="m_G1", text="hello"),
    "optin_checkbox": _seen(OptIn, psid=None, ref="pass-through", user_ref="u-ref-1"),
    "optin_notifications": _seen(OptIn, optin_type="notification_messages", payload="P2"),
    "optin_notifications_resumed": _seen(
        OptIn, optin_type="notification_messages", payload="P2", notifications="resume"
    ),
    "optin_notifications_stopped": _seen(
        OptIn, optin_type="notification_messages", payload="P2", notifications="stop"
    ),
    "optin_one_time": _seen(OptIn, optin_type="one_time_notif_req", payload="P1"),
    "optin_plugin": _seen(OptIn, ref="pass-through"),
    "policy_block": _seen(
        PolicyEnforcement, psid=None, action="block", reason="The Page sent spam."
    ),
    "policy_unblock": _seen(PolicyEnforcement, psid=None, action="unblock"),
    "postback_get_started": _seen(
        Postback, mid="m_D1", payload="GET_STARTED", title="Get started", ref="qr-7"
    ),
    "postback_in_changes": _seen(
        Postback, at_ms=1795430399000, mid="m_D3", payload="GET_STARTED", title="Get started"
    ),
    "postback_plugin": _seen(
        Postback, psid=None, payload="GET_STARTED", title="Get started", user_ref="u-ref-1"
    ),
    "postback_standby": _seen(Postback, is_standby=True, mid="m_D2", title="Get started"),
    "postback_without_mid": _seen(Postback, payload="HELP", title="Help"),
    "reaction": _seen(Reaction, mid="m_C1", action="react", reaction="love", emoji="❤️"),
    "reaction_taken_back": _seen(Reaction, mid="m_C1", action="unreact"),
    "read": _seen(Read, watermark_at_ms=1795430399000),
    "read_standby": _seen(Read, is_standby=True, watermark_at_ms=1795430399000),
    "referral_ad": _seen(Referral, ref="spring"),
    "referral_link": _seen(Referral, ref="spring"),
    "seconds": _seen(Message, at_ms=1795430399000, mid="m_G2", text="hello"),
    "template_status": _seen(
        PageChange,
        psid=None,
        at_ms=None,
        field="message_template_status_update",
        digest="f466d6c28ed386d185896ba3b7d376ae",
    ),
    "thread_passed": _seen(ThreadControl, kind="pass", previous_owner="11", new_owner="22"),
    "thread_passed_from_idle": _seen(ThreadControl, kind="pass", new_owner="22"),
    "thread_requested": _seen(ThreadControl, kind="request", new_owner="33"),
    "thread_taken": _seen(ThreadControl, kind="take", previous_owner="22", new_owner="11"),
}
