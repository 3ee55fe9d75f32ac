"""What Messenger can answer to a send, by what it means for us. The sender decides by class."""

from typing import cast

from bot.errors import BotError
from bot.logs import Field
from storage import Bar


class GraphError(BotError):
    """Messenger did not take a message."""

    advice = "Look up code and subcode in Meta's list of error codes."

    def logged(self) -> dict[str, Field]:
        """Return the facts that Meta's support asks for."""
        known = {"code", "subcode", "status", "fbtrace_id"} & self.facts.keys()
        return {name: cast("Field", self.facts[name]) for name in known}


class Throttled(GraphError):
    """Messenger asks for a pause."""

    advice = "Nothing to do: the Page goes on by itself. Lower [pace] if it happens often."
    retries = True

    def __init__(self, *, pause_s: float, **facts: object) -> None:
        super().__init__(pause_s=pause_s, **facts)
        self.pause_s = pause_s


class TryAgain(GraphError):
    """Messenger could not take the message at this moment."""

    advice = "Nothing to do: it is sent again."
    retries = True


class NotConnected(GraphError):
    """No connection to Messenger could be made, so nothing was sent."""

    advice = "Check this machine's way to the internet, and `messenger.graph_url`."
    retries = True


class InDoubt(GraphError):
    """Nobody knows whether Messenger took the message."""

    advice = "Nothing to do: its echo tells, or it is sent once more."


class OutsideWindow(GraphError):
    """The person's 24 hours are over."""

    advice = "Nothing to do: they can be written to when they write again."


class PersonUnreachable(GraphError):
    """The person blocked the Page, left, or is not this Page's."""

    advice = "Nothing to do: they can be written to when they write again."


class PageTrouble(GraphError):
    """Messenger refuses everything this Page sends until somebody acts."""

    advice = "Run `chatmagico check`: it names the token, permission or restriction to mend."


class PermissionMissing(PageTrouble):
    """Messenger says that a permission is missing: for everything of this Page, or for this."""


class SecretRefused(PageTrouble):
    """Messenger refuses the proof made with the app secret: it was changed there."""

    advice = "Take the new one from Meta's dashboard: `chatmagico rotate app-secret`."


class MessageRefused(GraphError):
    """Messenger will never take this message."""

    advice = "This is a fault in the message: please report code and subcode."


class Expired(GraphError):
    """The message is of no use any more."""

    advice = "Nothing to do; if many expire, look at the age of the outbox."


class Unwanted(GraphError):
    """A broadcast must not reach this person now; `bar` says why."""

    advice = "Nothing to do: it was held back before it began to leave."

    def __init__(self, *, bar: Bar) -> None:
        super().__init__(bar=bar)
        self.bar = bar


class HeldElsewhere(GraphError):
    """Another app, or a human, holds the person's thread."""

    advice = "Nothing to do: the bot answers again once the thread is handed back."


class StopNotForwarded(GraphError):
    """Meta did not take note that a person has stopped; `cause` says which error it was."""

    advice = "Nothing to do for this Page; `forward_stop` needs Meta's Marketing Messages API."

    def logged(self) -> dict[str, Field]:
        """Return what Meta's support asks for, and which error it was."""
        return super().logged() | {"error_class": cast("Field", self.facts["cause"])}


class ThreadNotMoved(GraphError):
    """Messenger does not let the thread change hands."""

    advice = "Nothing to do; for humans to take over, set up Conversation Routing for the Page."
