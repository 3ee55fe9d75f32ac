"""One person in a chat, as a test speaks for them."""

from dataclasses import dataclass, field

from bot.simulator import Message, Simulator
from tests.kit.patience import ANSWER_S


@dataclass
class Chat:
    """A person's side of a thread; `hears` waits for the bot's next bubble."""

    simulator: Simulator
    psid: str
    _heard: int = field(default=0)

    def bubbles(self) -> list[Message]:
        """Return everything the bot has said so far."""
        return [message for message in self.simulator.thread(self.psid) if message.from_page]

    async def says(self, text: str) -> None:
        """Type a text."""
        await self.simulator.say(self.psid, text)

    async def taps(self, title: str) -> None:
        """Tap a button or quick reply by its title."""
        await self.simulator.tap(self.psid, title)

    async def hears(self, part: str = "", *, timeout_s: float = ANSWER_S) -> Message:
        """Wait for the next bubble, which must contain `part`."""
        wanted = self._heard + 1
        await self.simulator.wait_for(
            lambda _thread: len(self.bubbles()) >= wanted, self.psid, timeout_s=timeout_s
        )
        self._heard = wanted
        message = self.bubbles()[wanted - 1]
        assert part in message.text, f"expected {part!r} in {message.text!r}"
        return message

    def rewinds(self) -> None:
        """Be ready to hear the last bubble once more."""
        self._heard -= 1

    @property
    def heard(self) -> int:
        """Return how many bubbles were heard."""
        return self._heard

    def catches_up(self) -> list[Message]:
        """Hear everything that was said so far, whatever it is."""
        new = self.bubbles()[self._heard :]
        self._heard += len(new)
        return new

    async def hears_among(self, *parts: str, timeout_s: float = ANSWER_S) -> Message:
        """Wait for a bubble that contains one of `parts`, whatever else is said before it."""

        def found() -> list[int]:
            texts = [bubble.text for bubble in self.bubbles()]
            return [
                at
                for at in range(self._heard, len(texts))
                if any(part in texts[at] for part in parts)
            ]

        await self.simulator.wait_for(lambda _: bool(found()), self.psid, timeout_s=timeout_s)
        self._heard = found()[0] + 1
        return self.bubbles()[self._heard - 1]
