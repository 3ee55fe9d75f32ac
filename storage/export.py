"""What makes a file of somebody's data one of ours: its head, its signature, and its way back.

    HTML … <script type="application/json" id="chatmagico-export">{ … }</script> … </html>
    <!-- signature: Ed25519 over the SHA-512 of every byte before this line, in base64 -->

The head binds a file to one person on one Page with a keyed hash, so it names nobody. A file can be
handed back once; what is remembered of that is a hash of the file's random number.
"""

import hashlib
import hmac
import json
import re
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.data_map import Form
from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.tables import people, restores
from storage.details import Field
from storage.holdings import Held
from storage.people import psid_cell
from storage.records import KnownPerson
from storage.vault.blind_index import blind_index
from storage.vault.sealing import open_sealed
from storage.vault.secrets import Secrets
from storage.vault.signing import verify
from storage.vault.signing_keys import HeldSigning

FORMAT: Final = "chatmagico-export"
VERSION: Final = 1
#: What stands around the JSON. Inside it `<` is written as \u003c, so nothing breaks out.
OPENS: Final = f'<script type="application/json" id="{FORMAT}">'.encode()
CLOSES: Final = b"</script>"

#: Why a file brings nothing back.
Fault = Literal["broken", "changed", "foreign", "used"]

_SIGNATURE: Final = re.compile(rb"<!-- signature: ([A-Za-z0-9+/]{86}==) -->\n\Z")
_SIGNATURE_LINE_BYTES: Final = 110


@dataclass(frozen=True, slots=True)
class Handed:
    """What a file of ours can bring back."""

    file_id: str
    binding: str
    language: str
    details: dict[Field, str] = field(repr=False)


class Exports:
    """Makes heads, signs files, and judges what is handed back."""

    def __init__(self, database: Database, keys: Secrets, signing: HeldSigning) -> None:
        self._signing = signing
        self._binding_key = keys.derive("export/binding/1")
        self._claim = insert_new(database, restores)

    async def head(
        self, tx: AsyncConnection, person: KnownPerson, *, now_ms: int
    ) -> dict[str, Any]:
        """Return what stands first in a file's JSON; each file has a number of its own."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "made_at": datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="seconds"),
            "file_id": secrets.token_hex(16),
            "binding": await self._binding_of(tx, person),
            "public_key": b64encode(self._signing.key("export").signer.public_key).decode(),
        }

    def sign(self, content: bytearray) -> None:
        """Put the signature over everything so far behind it, as the last line; use a thread."""
        # Of the hash, because hashlib lets others run meanwhile and a long signature does not.
        signature = b64encode(self._signing.key("export").signer.sign(_digest(content)))
        content += b"<!-- signature: " + signature + b" -->\n"

    def read(self, file: bytes | bytearray) -> Handed | Fault:
        """Return what a file can bring back, or what is wrong with it; call it in a thread."""
        found = _SIGNATURE.search(file, max(0, len(file) - _SIGNATURE_LINE_BYTES))
        if found is None or OPENS not in file:
            return "broken"
        signed = memoryview(file)[: found.start()]
        signature, digest = b64decode(found[1]), _digest(signed)
        keys = self._signing.key("export").public_keys
        if not any(verify(key, signature, digest) for key in keys):
            return "changed"
        begin = file.index(OPENS) + len(OPENS)
        return _handed(json.loads(file[begin : file.index(CLOSES, begin)]))

    async def is_of(self, tx: AsyncConnection, handed: Handed, person: KnownPerson) -> bool:
        """Tell whether a file was made for this person on this Page."""
        return hmac.compare_digest(handed.binding, await self._binding_of(tx, person))

    async def claim(self, tx: AsyncConnection, handed: Handed, *, now_ms: int) -> bool:
        """Note that a file was handed back; return False where it was before. One of two wins."""
        file_hash = hashlib.sha256(handed.file_id.encode()).digest()
        row = {"file_hash": file_hash, "restored_at_ms": now_ms}
        return (await tx.execute(self._claim, [row])).rowcount > 0

    async def _binding_of(self, tx: AsyncConnection, person: KnownPerson) -> str:
        query = sa.select(people.c.psid).where(people.c.person_id == person.person_id)
        sealed = (await tx.execute(query)).scalar_one()
        psid = open_sealed(person.key, sealed, psid_cell(person.person_id)).decode()
        return blind_index(self._binding_key, person.page_id, psid).hex()


def _digest(content: bytearray | memoryview) -> bytes:
    return hashlib.sha512(content).digest()


def raw_of(held: Held) -> Any:
    """Return a value as JSON takes it: sealed ones as text, ids and hashes in hexadecimal."""
    if not isinstance(held.value, bytes):
        return held.value
    return held.value.decode() if held.entry.form is Form.SEALED else held.value.hex()


def _handed(told: dict[str, Any]) -> Handed | Fault:
    if (told["format"], told["version"]) != (FORMAT, VERSION):
        return "broken"
    tables = told["tables"]
    given = {
        row["field"]["raw"]: row["value"]["raw"]
        for row in tables.get("details", {"rows": ()})["rows"]
    }
    (person,) = tables["people"]["rows"]
    return Handed(
        file_id=told["file_id"],
        binding=told["binding"],
        language=person["language"]["raw"] if "language" in person else "",
        details={name: given[name] for name in get_args(Field) if name in given},
    )
