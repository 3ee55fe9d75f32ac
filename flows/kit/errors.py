"""What can be wrong with a flow or with what it says."""

from __future__ import annotations


class FlowError(Exception):
    """Something is wrong with a flow; never caused by what a person wrote."""

    #: What whoever runs or writes the bot should do about it.
    advice = "Correct the flow, or the configured text that it shows."


class ReplyRefused(FlowError):
    """A reply breaks one of Messenger's limits.

    Args:
        what: Which part of the reply, never its content.
        found: How many characters or items there are.
        limit: How many Messenger takes.
    """

    def __init__(self, what: str, *, found: int, limit: int) -> None:
        super().__init__(f"{what}: {found}, but Messenger takes {limit}")
        self.what = what
        self.found = found
        self.limit = limit


class ReplyTooLong(ReplyRefused):
    """A text, a title or a payload has too many characters."""


class TooManyChoices(ReplyRefused):
    """A reply carries too many quick replies or buttons."""


class ReplyEmpty(ReplyRefused):
    """A reply without text, or a choice without title."""


class ButtonUnclear(FlowError):
    """A button needs either a payload or an address, not both and not none."""


class BrokenFlow(FlowError):
    """A flow has places that nobody reaches, asks, answers or leaves.

    Args:
        flow: Name of the flow.
        faults: One sentence for each fault.
    """

    def __init__(self, flow: str, *, faults: tuple[str, ...]) -> None:
        super().__init__(f"{flow}: " + "; ".join(faults))
        self.flow = flow
        self.faults = faults


class NoteUndeclared(FlowError):
    """A handler keeps a note that its flow does not declare."""

    advice = "Name the note in Flow(notes=...), and give it an entry in the data map."


class PlaceGone(FlowError):
    """What a place asks about is no longer configured; the flow starts again."""
