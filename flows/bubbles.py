"""Puts what a turn has come to into as few bubbles as Messenger allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.kit.cutting import pieces
from flows.kit.reply import (
    MAX_BUTTONS,
    MAX_TEXT_CHARS,
    MAX_TEXT_WITH_BUTTONS_CHARS,
    Reply,
    Say,
    length_of,
)

if TYPE_CHECKING:
    from flows.kit.engine import Draft
    from flows.kit.reply import Button, Choice

NOTHING = Say()


def bubbles(draft: Draft, layer: Say | None, *, keeps_choices: bool = True) -> tuple[Reply, ...]:
    """Say the answer, then what is to be told, then the question: in one bubble if it fits.

    Only the answer may be longer than Messenger allows; it is split.

    Args:
        draft: The answer and the next question.
        layer: First layer of the notice, where it is to be told.
        keeps_choices: False leaves out the ways onward that the layer would offer.
    """
    told = layer or NOTHING
    choices = draft.choices or (told.choices if keeps_choices else ())
    buttons = tuple(dict.fromkeys(draft.buttons + told.buttons))[:MAX_BUTTONS]
    *first, said = pieces(draft.said, MAX_TEXT_CHARS)
    lead = [part for part in (said, told.text) if part]
    everything = lead + [draft.asked] * bool(draft.asked)
    if not everything:
        return ()
    before = tuple(Reply(piece) for piece in first)
    if _fits(everything, buttons):
        return (*before, _bubble(everything, choices, buttons))
    if draft.asked and lead:
        return (*before, *_packed(lead, (), buttons), _bubble([draft.asked], choices, ()))
    return (*before, *_packed(everything, choices, buttons))


def _packed(
    parts: list[str], choices: tuple[Choice, ...], buttons: tuple[Button, ...]
) -> tuple[Reply, ...]:
    if _fits(parts, buttons):
        return (_bubble(parts, choices, buttons),)
    *before, last = parts
    return (*(Reply(part) for part in before), _bubble([last], choices, buttons))


def _bubble(parts: list[str], choices: tuple[Choice, ...], buttons: tuple[Button, ...]) -> Reply:
    return Reply("\n\n".join(parts), choices, buttons)


def _fits(parts: list[str], buttons: tuple[Button, ...]) -> bool:
    limit = MAX_TEXT_WITH_BUTTONS_CHARS if buttons else MAX_TEXT_CHARS
    return length_of("\n\n".join(parts)) <= limit
