"""Refusals: why a command was not carried out, and what to type instead.

finds   {"what": "admin_refused", "why": "unknown", "name": "statsu"}
person  /statsu
bot     There is no command /statsu. [/help]
finds   {"what": "admin_refused", "why": "usage", "usage": "/admin revoke A-2"}
person  /admin revoke
bot     Please type it like this: /admin revoke A-2 [/help]
"""

from enum import StrEnum
from typing import Final

from flows.admin.broadcast_refusals import reason_of_broadcast
from flows.admin.ways import command_choices
from flows.kit.flow import END, Flow
from flows.kit.found import Found
from flows.kit.reply import Say
from flows.kit.turn import Turn


class At(StrEnum):
    """Where this conversation can be: nowhere, it only answers."""


flow = Flow("admin_refusal", version=1, places=At, is_aside=True)

#: By reason; the facts of what was found fill in the names.
TEXTS: Final = {
    "unknown": "There is no command /{name}.",
    "usage": "Please type it like this: {usage}",
    "role": "/{name} is not for the role {role}.",
    "not_enrolled": (
        "/{name} needs your code, and you have no authenticator app set up yet: type /enroll."
    ),
    "locked": "Too many wrong codes. You can try again in 15 minutes.",
    "over": "That is not waiting any more: it was done, taken back, changed, or took too long.",
    "changed": "This has changed since you asked for it, so nothing was done. Please ask again.",
    "no_admin": "There is no admin {name}. /admins lists them.",
    "last_owner": (
        "{name} is the last owner, and somebody has to be one. Invite another owner first, on the "
        "server: chatmagico admin invite --role owner"
    ),
    "own_act": "You asked for this yourself, so somebody else has to agree.",
    "held": "{page} is paused already. /status says by whom.",
    "not_held": "{page} is not paused by an admin. /status says what is.",
    "no_case": "There is no request {number}. /cases lists what is open.",
    "case_done": "{number} is answered already. /cases lists what is open.",
    "case_waits": "{number} has its answer, which waits for the person. /cases lists what is open.",
    "key_lost": "The key of who made {number} is missing: restore it, or answer elsewhere.",
    "answer_length": "An answer has 1 to 1700 characters, and this has {found}. Nothing was sent.",
    "no_purpose": "There is no purpose {name}. Type /evidence {number} to see them.",
    "no_consent": "Nothing is on record of {number} for the purpose {name}.",
    "no_broadcast": "There is no broadcast {number}. /broadcasts lists them.",
    "broadcast_state": "Broadcast {number} is {state}, so that can't be done with it.",
    "broadcast_begun": "Broadcast {number} has begun: it can be paused or cancelled.",
    "broadcast_counting": "I am counting whom it would reach. The numbers come by themselves.",
    "broadcast_purpose": "There is no purpose {name}. /broadcast lists them.",
    "broadcast_count": (
        "That is not the number: {count} get it now. Look again: /broadcast send {number}"
    ),
    "breach": "{said}",
    "no_draft": "There is no draft of the notice. /policy draft begins one.",
    "nothing_to_publish": "The published notice says just what the configuration does.",
    "draft_outdated": (
        "The configuration has changed since this draft was begun. Look at /policy diff, drop the "
        "draft and begin another."
    ),
    "enrolled": "Your authenticator app is set up already.",
}


@flow.on_found("admin_refused", goes_to=END)
def refuse(turn: Turn) -> Say:
    """Say why."""
    return Say(reason_of(turn.found), choices=command_choices("/help"))


flow.check()


def reason_of(found: Found) -> str:
    """Return in words why something was refused; empty where it was not."""
    if found.what == "broadcast_refused":
        return reason_of_broadcast(found)
    if found.what != "admin_refused":
        return ""
    return TEXTS[found.facts["why"]].format_map(found.facts)
