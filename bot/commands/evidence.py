"""`evidence` and `verify-receipt`: a proof that is handed out, and what checks it anywhere."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import settings_of
from bot.commands.databases import opened
from bot.commands.process import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.settings import Settings
    from storage.ledger.note import VerifierKey
    from storage.ledger.proof import Verified

Consent = Annotated[
    str, typer.Argument(help="The record's random number, as MY DATA and the export show it.")
]
New = Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")]
Proof = Annotated[Path, typer.Argument(help="The file that was handed out.")]
Pinned = Annotated[
    str | None,
    typer.Option("--key", help="The key the organisation published, as `ledger verify` prints it."),
]


def evidence(context: typer.Context, consent: Consent, file: New) -> None:
    """Write the proof of one consent; the person sees that it was handed out."""
    try:
        consent_id = bytes.fromhex(consent)
    except ValueError:
        raise typer.BadParameter("Write the number in hexadecimal.") from None
    if file.exists():
        typer.echo(f"{file} is there already, so nothing was written.", err=True)
        raise typer.Exit(2)
    raise typer.Exit(run(_evidence(settings_of(context), consent_id, file)))


def verify_receipt(file: Proof, key: Pinned = None) -> None:
    """Check a proof of a consent or of an erasure; needs neither database nor network."""
    from storage.ledger.note import parse_key

    pinned = None if key is None else parse_key(key)
    if key is not None and pinned is None:
        raise typer.BadParameter("Write the key as one line: name+number+key.")
    _tell(verified(file, [pinned] if pinned else []), is_pinned=pinned is not None)


def verified(file: Path, keys: "Sequence[VerifierKey]") -> "Verified":
    """Return what a proof says under one of the keys; where it does not hold, tell why and end.

    Without any key, the one counts that the proof itself names.
    """
    from storage.ledger.proof import MAX_BYTES, ProofRefused, read_proof

    try:
        with file.open("rb") as opened_file:
            written = opened_file.read(MAX_BYTES + 1)
    except OSError:
        typer.echo(f"{file} cannot be read.", err=True)
        raise typer.Exit(2) from None
    why = ""
    for key in keys or (None,):
        try:
            return read_proof(written[:MAX_BYTES], key)
        except ProofRefused as refused:
            why = refused.reason
    typer.echo(f"REFUSED: {why}.", err=True)
    raise typer.Exit(1)


async def _evidence(settings: "Settings", consent_id: bytes, file: Path) -> int:
    from bot.clock import SystemClock
    from bot.desk import HANDED_OUT
    from bot.stores import open_prover

    async with opened(settings) as store, store.write() as tx:
        found = await open_prover(settings, store).of_consent(tx, consent_id)
        if found is None:
            typer.echo(
                "No line of the ledger can be opened for that number: there is no such consent, "
                "its person was erased and no proof is kept, or it is older than the ledger.",
                err=True,
            )
            return 1
        now_ms = SystemClock().now_ms()
        if found.person_id is not None:
            await store.accesses.note(
                tx, found.person_id, role="operator", act=HANDED_OUT, now_ms=now_ms
            )
    write_new(file, found.file)
    typer.echo(f"Wrote {file}. `chatmagico verify-receipt` checks it on any machine.")
    return 0


def write_new(file: Path, proof: bytes) -> None:
    """Write a proof into a file that is not there yet, for its owner's eyes alone."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as written:
        written.write(proof)


def _tell(found: "Verified", *, is_pinned: bool) -> None:
    typer.echo("VALID: the ledger has had these lines since its checkpoint.")
    for kind, content in found.contents:
        typer.echo(f"{kind!r}:")
        for name, value in content.items():
            typer.echo(f"  {name!r}: {value!r}")
    if found.shown is not None:
        typer.echo(f"shown: {found.shown!r}")
    if found.number is not None:
        typer.echo(f"receipt: {found.number!r}")
    checkpoint = found.checkpoint
    typer.echo(f"checkpoint: {checkpoint.origin}, {checkpoint.size} lines")
    typer.echo(f"key: {found.key}")
    if not is_pinned:
        typer.echo(
            "This key comes from the file itself. Compare it with the one the organisation "
            "published, or give that one with --key."
        )
