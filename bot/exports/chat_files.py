"""Files in the chat: one's own data is sent, and a file that somebody sent is read."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.exports.maker import Maker
from bot.exports.returning import Returning
from bot.outbound.attachments import Attachments
from bot.outbound.errors import Expired, TryAgain
from bot.outbound.messenger import Messenger
from bot.outbound.orders import FILE_NAME, READ
from storage import ClaimedMessage, StorageError


@dataclass(frozen=True, slots=True)
class ChatFiles:
    """Carries out the orders in the outbox."""

    maker: Maker
    returning: Returning
    attachments: Attachments

    async def carry_out(
        self, message: ClaimedMessage, order: Mapping[str, str], messenger: Messenger
    ) -> None:
        """Do what an order says; what could not be read or written is tried again."""
        try:
            if order["order"] == READ:
                await self._read(message, order["url"])
            else:
                await self._send(message, messenger)
        except StorageError as trouble:
            raise TryAgain(cause=type(trouble).__name__) from trouble  # nothing has left yet

    async def _send(self, message: ClaimedMessage, messenger: Messenger) -> None:
        file = await self.maker.make(message.person_id)
        if file is None:
            raise Expired  # the person is gone, or going
        await messenger.deliver_file(message.psid, file, FILE_NAME, outbox_id=message.outbox_id)

    async def _read(self, message: ClaimedMessage, url: str) -> None:
        file = await self.attachments.fetch(url)
        await self.returning.take_from_chat(message.person_id, file)
