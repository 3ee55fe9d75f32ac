"""One item of Meta's JSON becomes one event, or the reason why it does not."""

import json
from collections.abc import Callable
from typing import Any, Final, Literal

from bot.inbound import kinds, shapes
from bot.inbound.event import digest_of
from bot.inbound.kinds import WireEvent
from bot.inbound.messages import read_edit, read_message, read_reaction
from bot.inbound.seen import (
    MAX_PAYLOAD_CHARS,
    MAX_REF_CHARS,
    Seen,
    Where,
    cut,
    read_id,
    read_ms,
    read_ref,
    see,
)

#: Why an item is no event. Short and few, because they are a metric's labels.
Unsupported = Literal["malformed", "unknown", "from_page"]


def read_item(item: shapes.Item, where: Where, *, is_standby: bool) -> WireEvent | Unsupported:
    """Return the event that an item tells of, or why there is none.

    Decides by the key that is present, never by the order of keys. What the Page did itself is no
    event, except that it spoke or that its thread moved.
    """
    try:
        seen = see(item, where, is_standby=is_standby)
        if item.message is not None:  # nearly every item: spared the walk through the table
            return read_message(item.message, seen)
        return _read_other(item, seen)
    except (ValueError, RecursionError):  # no id, no number, or nested just too deep to write
        return "malformed"


def _read_other(item: shapes.Item, seen: Seen) -> WireEvent | Unsupported:
    for key, read in _READERS.items():
        value = getattr(item, key)
        if value is None:
            continue
        if seen.is_from_page and key not in _THREAD_CONTROL:
            return "from_page"
        return read(value, seen)
    return "unknown"


def _read_delivery(body: shapes.DeliveryBody, seen: Seen) -> WireEvent:
    mids = tuple(body.mids or ())
    return seen.made(kinds.Delivery, watermark_at_ms=read_ms(body.watermark), mids=mids)


def _read_read(body: shapes.ReadBody, seen: Seen) -> WireEvent:
    return seen.made(kinds.Read, watermark_at_ms=read_ms(body.watermark))


def _read_postback(body: shapes.PostbackBody, seen: Seen) -> WireEvent:
    return seen.made(
        kinds.Postback,
        mid=body.mid,
        payload=cut(body.payload, MAX_PAYLOAD_CHARS),
        title=cut(body.title, MAX_PAYLOAD_CHARS),
        ref=read_ref(body.referral),
        user_ref=seen.user_ref,
    )


def _read_optin(body: shapes.OptInBody, seen: Seen) -> WireEvent:
    return seen.made(
        kinds.OptIn,
        optin_type=body.type,
        ref=cut(body.ref, MAX_REF_CHARS),
        user_ref=body.user_ref or seen.user_ref,
        payload=cut(body.payload, MAX_PAYLOAD_CHARS),
        notifications=_read_status(body.notification_messages_status),
    )


def _read_status(status: str | None) -> Literal["stop", "resume"] | None:
    """Return what "STOP NOTIFICATIONS" or "RESUME_NOTIFICATIONS" means."""
    word = (status or "").upper().replace("_", " ").partition(" ")[0]
    if word == "STOP":
        return "stop"
    return "resume" if word == "RESUME" else None


def _read_referral(body: shapes.ReferralBody, seen: Seen) -> WireEvent:
    return seen.made(kinds.Referral, ref=read_ref(body))


def _read_linking(body: shapes.LinkingBody, seen: Seen) -> WireEvent:
    return seen.made(kinds.AccountLinking, is_linked=body.status == "linked")


def _read_policy(body: shapes.PolicyBody, seen: Seen) -> WireEvent:
    reason = cut(body.reason, MAX_PAYLOAD_CHARS)
    return seen.made(kinds.PolicyEnforcement, action=body.action, reason=reason)


def _control_reader(
    kind: Literal["pass", "take", "request"],
) -> Callable[[shapes.ControlBody, Seen], WireEvent]:
    """Return the reader for one way of moving a thread.

    Meta's pages disagree on who is sender and who recipient: the person is whoever is not the Page.
    """

    def read(body: shapes.ControlBody, seen: Seen) -> WireEvent:
        return seen._replace(sender=seen.other).made(
            kinds.ThreadControl,
            kind=kind,
            previous_owner=read_id(body.previous_owner_app_id),
            new_owner=read_id(body.new_owner_app_id or body.requested_owner_app_id),
        )

    return read


def _read_roles(body: dict[str, list[str]], seen: Seen) -> WireEvent:
    roles = tuple((app_id, tuple(given)) for app_id, given in sorted(body.items()))
    return seen.made(kinds.AppRoles, roles=roles)


def _read_thumbs(body: dict[str, Any], seen: Seen) -> WireEvent:
    is_good = {"Good response": True, "Bad response": False}.get(str(body.get("feedback")))
    return seen.made(kinds.Feedback, source="thumbs", is_good=is_good, digest=_digest(body))


def _read_feedback_form(body: dict[str, Any], seen: Seen) -> WireEvent:
    return seen.made(kinds.Feedback, source="form", digest=_digest(body))


def _read_customer(body: dict[str, Any], seen: Seen) -> WireEvent:
    return seen.made(kinds.CustomerInformation, digest=_digest(body))


def _read_form(body: dict[str, Any], seen: Seen) -> WireEvent:
    return seen.made(kinds.LeadForm, digest=_digest(body))


def _read_game(body: dict[str, Any], seen: Seen) -> WireEvent:
    return seen.made(kinds.GamePlay, digest=_digest(body))


def _digest(body: dict[str, Any]) -> str:
    return digest_of(json.dumps(body, sort_keys=True).encode())


#: By key; the most frequent first.
_READERS: Final[dict[str, Callable[[Any, Seen], WireEvent]]] = {
    "delivery": _read_delivery,
    "read": _read_read,
    "postback": _read_postback,
    "reaction": read_reaction,
    "optin": _read_optin,
    "referral": _read_referral,
    "message_edit": read_edit,
    "pass_thread_control": _control_reader("pass"),
    "take_thread_control": _control_reader("take"),
    "request_thread_control": _control_reader("request"),
    "account_linking": _read_linking,
    "policy_enforcement": _read_policy,
    "app_roles": _read_roles,
    "response_feedback": _read_thumbs,
    "messaging_feedback": _read_feedback_form,
    "messaging_customer_information": _read_customer,
    "form": _read_form,
    "game_play": _read_game,
}
_THREAD_CONTROL: Final = frozenset(
    {"pass_thread_control", "take_thread_control", "request_thread_control"}
)
