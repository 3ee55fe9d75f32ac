"""What the gate wants for broadcasts."""

from collections.abc import Mapping
from typing import Final

from bot.admins.rule import Proof, Rule, Two
from storage.admins import Role

_SENDERS: Final[tuple[Role, ...]] = ("owner", "sender")
_SEES: Final[tuple[Role, ...]] = ("owner", "sender", "viewer")

BROADCAST_RULES: Final[Mapping[str, Rule]] = {
    "broadcast": Rule(_SENDERS, Proof.SESSION, usage="/broadcast", does="write a broadcast."),
    "broadcast new": Rule(
        _SENDERS, Proof.SESSION, usage="/broadcast new PURPOSE", does="begin one."
    ),
    "broadcast set": Rule(
        _SENDERS, Proof.SESSION, usage="/broadcast set 12 when now", does="change a draft."
    ),
    "broadcast test": Rule(
        _SENDERS, Proof.SESSION, usage="/broadcast test 12", does="get it as a recipient would."
    ),
    "broadcast send": Rule(
        _SENDERS,
        Proof.CODE,
        two=Two.LARGE,
        usage="/broadcast send 12",
        does="send it, after its numbers; a large one takes two.",
    ),
    "broadcast undo": Rule(
        _SENDERS, Proof.SESSION, usage="/broadcast undo 12", does="take it back before it begins."
    ),
    "broadcasts": Rule(_SEES, Proof.SESSION, usage="/broadcasts", does="list, or show one."),
    "broadcasts report": Rule(
        _SEES, Proof.SESSION, usage="/broadcasts report 12", does="what came of it."
    ),
    "broadcasts pause": Rule(
        _SENDERS, Proof.SESSION, usage="/broadcasts pause 12", does="hold one up."
    ),
    "broadcasts resume": Rule(
        _SENDERS,
        Proof.CODE,
        two=Two.LARGE,
        usage="/broadcasts resume 12",
        does="let it go on; what has grown large takes two.",
    ),
    "broadcasts start": Rule(
        _SENDERS,
        Proof.CODE,
        two=Two.LARGE,
        usage="/broadcasts start 12",
        does="send what was missed, now; what has grown large takes two.",
    ),
    "broadcasts drop": Rule(
        _SENDERS, Proof.CODE, usage="/broadcasts drop 12", does="never send what was missed."
    ),
    "broadcasts cancel": Rule(
        _SENDERS, Proof.CODE, usage="/broadcasts cancel 12", does="end it for good."
    ),
    "broadcasts copy": Rule(
        _SENDERS, Proof.SESSION, usage="/broadcasts copy 12", does="a new draft of it."
    ),
}
