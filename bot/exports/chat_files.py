"""Files in the chat: one's own data is sent, and a file that somebody sent is read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bot.exports.maker import Maker
from bot.exports.returning import Returning
from bot.outbound.attachments import Attachments
from bot.outbound.errors import Expired, TryAgain
from bot.outbound.messenger import Messenger
from bot.outbound.orders import EXPORT, FILE_NAME, READ, CarryOut
from storage import ClaimedMessage, StorageError


@dataclass(frozen=True, slots=True)
class ChatFiles:
    """Carries out the orders about files; what could not be read or written is tried again."""

    maker: Maker
    returning: Returning
    attachments: Attachments

    @property
    def orders(self) -> dict[str, CarryOut]:
        """Return them by the name a row gives."""
        return {EXPORT: self._send, READ: self._read}

    async def _send(
        self, message: ClaimedMessage, _order: Mapping[str, str], messenger: Messenger
    ) -> None:
        with _again_on_trouble():
            file = await self.maker.make(message.person_id)
        if file is None:
            raise Expired  # the person is gone, or going
        await messenger.deliver_file(message.psid, file, FILE_NAME, outbox_id=message.outbox_id)

    async def _read(
        self, message: ClaimedMessage, order: Mapping[str, str], _messenger: Messenger
    ) -> None:
        file = await self.attachments.fetch(order["url"])
        with _again_on_trouble():
            await self.returning.take_from_chat(message.person_id, file)


@contextmanager
def _again_on_trouble() -> Iterator[None]:
    try:
        yield
    except StorageError as trouble:
        raise TryAgain(cause=type(trouble).__name__) from trouble  # nothing has left yet
