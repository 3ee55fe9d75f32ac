"""Column types of our own."""

from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from storage.vault.sealing import SealedBytes

#: Which deliveries are still to be made into messages; an index holds just these.
WAITS = "outcome = 'waiting'"
#: Which deliveries are offered when their person next writes; an index holds just these.
WAITS_FOR_CONTACT = f"{WAITS} AND lane = 'next_contact'"


class Sealed(TypeDecorator[SealedBytes]):
    """A column that takes sealed values only, so that forgetting to seal is not possible."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse whatever was not sealed."""
        if value is None or isinstance(value, SealedBytes):
            return value
        raise TypeError("only a sealed value may be written to a sealed column")
