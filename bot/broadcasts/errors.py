"""Why a broadcast can't be made, or not be changed any more."""

from bot.errors import BotError


class BroadcastError(BotError):
    """A broadcast can't be made or changed so."""

    advice = "Write it anew."


class NoSuchBroadcast(BroadcastError):
    """No broadcast has that number."""

    advice = "`chatmagico broadcast list` shows them."


class WrongState(BroadcastError):
    """The broadcast is too far, or not far enough, for that."""

    advice = "`chatmagico broadcast show` tells how far it is."


class DraftRefused(BroadcastError):
    """What was written can't be sent so."""

    advice = "Change what the fact `found` names."
