"""Email: where alerts reach an admin outside the chat; a code proves the address.

finds   {"what": "/email", "result": "refused"}
person  /email owner at example
bot     No mail can go to that address. Please type it again: /email you@example.org.
"""

from enum import StrEnum

from flows.kit.effects import SendCode
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.turn import Turn


class At(StrEnum):
    """Where this conversation can be: nowhere, the code is asked for elsewhere."""


flow = Flow("admin_email", version=1, places=At)


def is_refused(turn: Turn) -> bool:
    """Whether it was no address."""
    return turn.found.fact("result") == "refused"


@flow.on_found("/email", when=is_refused, goes_to=END)
def refuse(_turn: Turn) -> Say:
    """Say what to type instead."""
    return Say("No mail can go to that address. Please type it again: /email you@example.org.")


@flow.on_found("/email", goes_to=END)
def prove(_turn: Turn) -> Say:
    """Have a code sent."""
    return Say(effects=(SendCode(before="Noted: alerts go there once it is confirmed."),))


flow.check()
