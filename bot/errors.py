"""What can go wrong while the bot acts. No message ever carries personal data or a secret."""

from typing import ClassVar


class BotError(Exception):
    """The bot could not do what it was about to do."""

    #: What the operator can do about it.
    advice: ClassVar[str] = "Look at the cause below; if it stays, run `chatmagico check`."
    #: Whether the same act may succeed when it is tried again later.
    retries: ClassVar[bool] = False

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        told = ", ".join(f"{name}={value}" for name, value in facts.items())
        said = (type(self).__doc__ or "").partition("\n")[0]
        super().__init__(f"{said}{f' ({told})' if told else ''}")


class UnlistedField(BotError):
    """A log line was given a field, or a value, that may not be logged."""

    advice = "Log one of bot.logs.FIELDS as a short value, or leave it out."
