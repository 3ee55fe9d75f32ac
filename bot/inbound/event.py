"""What all events have in common."""

from hashlib import blake2b
from typing import Final

import msgspec

_JSON: Final = msgspec.json.Encoder()
_CANONICAL: Final = msgspec.json.Encoder(order="sorted")


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Something that happened on a Page."""

    page_id: str
    #: The Page-scoped id of the person; None where there is none, or not yet one.
    psid: str | None = None
    #: By Meta's clock: the item's own time, else its entry's; None where Meta gave neither.
    at_ms: int | None = None
    #: Another app owned the thread at that moment: nothing may be answered.
    is_standby: bool = False

    @property
    def is_from_person(self) -> bool:
        """Whether somebody with an id did this while the thread was the bot's."""
        return self.psid is not None and not self.is_standby

    @property
    def creates_person(self) -> bool:
        """Whether this makes an unknown person known: only turning to the Page does."""
        return False

    def natural_id(self) -> str:
        """Return what stays the same however often, and on whichever channel, this is delivered."""
        canonical = msgspec.structs.replace(self, is_standby=False)
        return self.named("hash", digest_of(_CANONICAL.encode(canonical)))

    def named(self, *parts: str | int | None) -> str:
        """Return an id made of Page, kind and these parts, which no other parts can make."""
        return _JSON.encode((self.page_id, kind_of(self), *parts)).decode()


def kind_of(event: Event) -> str:
    """Return the short stable name of an event's kind, such as "message"."""
    return str(event.__struct_config__.tag)


def digest_of(content: bytes) -> str:
    """Return 32 hex digits that tell contents apart which are not kept themselves."""
    return blake2b(content, digest_size=16).hexdigest()
