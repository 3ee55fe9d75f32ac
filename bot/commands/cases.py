"""`cases`: requests that a human answers. Who asked is shown to none who did not leave a note."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from bot.commands.context import settings_of
from bot.commands.databases import opened
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage import KnownPerson, Store, Transaction
    from storage.cases import CaseOf

commands = typer.Typer(no_args_is_help=True)

Role = Literal["owner", "sender", "privacy officer", "viewer"]
#: What a look is noted as.
_SHOWN = "case"

Number = Annotated[str, typer.Argument(help="The request's number, as the person was told it.")]


@commands.command("list")
def list_(context: typer.Context) -> None:
    """List the requests that are not done, what is due first: number, kind, due date."""
    run(_list(settings_of(context)))


@commands.command()
def answered(context: typer.Context, number: Number) -> None:
    """Note that a request was answered, in the Page's inbox or elsewhere."""
    run(_answered(settings_of(context), number))


@commands.command()
def answer(
    context: typer.Context,
    number: Number,
    *,
    file: Annotated[
        Path | None, typer.Option(help="The file with the answer; else it is read from stdin.")
    ] = None,
) -> None:
    """Answer a request: in the chat while it is open, else by e-mail, else when they write CASES.

    The text is read from stdin or a file, never from the command line, which others can see.
    """
    settings = settings_of(context)
    text = (file.read_text(encoding="utf-8") if file else sys.stdin.read()).strip()
    run(_answer(settings, number, text))


@commands.command()
def show(
    context: typer.Context,
    number: Number,
    *,
    role: Annotated[Role, typer.Option(help="In which role you look; the person is told of it.")],
) -> None:
    """Show what is kept of whoever made a request; the look is noted, and the person is told."""
    run(_show(settings_of(context), number, role))


async def _list(settings: "Settings") -> None:
    async with opened(settings) as store, store.read() as tx:
        waiting = await store.cases.list_undone(tx)
    if not waiting:
        typer.echo("No request is open.")
    for case in waiting:
        due = datetime.fromtimestamp(case.due_at_ms / 1000, UTC).date()
        waits = "  answered, waiting for contact" if case.status == "waiting" else ""
        typer.echo(f"{case.number}  {case.kind}  due by {due}{waits}")


async def _answered(settings: "Settings", number: str) -> None:
    async with opened(settings) as store, store.write() as tx:
        is_found = await store.cases.mark_answered(tx, number.strip().upper())
    if not is_found:
        _no_such_case()
    typer.echo("Noted. The person sees it when they write CASES.")


async def _answer(settings: "Settings", number: str, text: str) -> None:
    from bot.clock import SystemClock
    from bot.outbound.notices import notices_of
    from flows.kit.reply import length_of
    from flows.notices import MAX_ANSWER_CHARS
    from storage import KeyLost

    if not text or length_of(text) > MAX_ANSWER_CHARS:
        told = f"Write 1 to {MAX_ANSWER_CHARS} characters: an answer is one Messenger message."
        raise typer.BadParameter(told)
    now_ms = SystemClock().now_ms()
    async with opened(settings) as store, store.write() as tx:
        which, person = await _case_of(store, tx, number)
        if not person.key:
            raise KeyLost
        if not await store.cases.answer(tx, which, person.key, text):
            _no_such_case()
        lane = await notices_of(settings, store).answer(tx, person, which, text, now_ms=now_ms)
    typer.echo(f"{_WAYS[lane.way]} ({lane.reason}). It counts as answered once it has arrived.")


async def _show(settings: "Settings", number: str, role: "Role") -> None:
    from bot.clock import SystemClock
    from bot.outbound.notices import notices_of
    from bot.site import named_recipients
    from bot.turns.items import items_of
    from storage.holdings import everything_of

    now_ms = SystemClock().now_ms()
    async with opened(settings) as store:
        # Committed before a word is shown: nobody looks unseen, whatever breaks afterwards.
        async with store.write() as tx:
            _, person = await _case_of(store, tx, number)
            look = await store.accesses.note(
                tx, person.person_id, role=role, act=_SHOWN, now_ms=now_ms
            )
            await notices_of(settings, store).tell_look(tx, person, look, now_ms=now_ms)
        async with store.read() as tx:
            held = await everything_of(tx, person)
    language = settings.languages.default
    for item in items_of(held, language=language, recipients=named_recipients(settings)):
        typer.echo(f"{item.category}  {item.label}: {item.value}")
    typer.echo(f"The person is told that somebody in the role {role} has looked.", err=True)


async def _case_of(store: "Store", tx: "Transaction", number: str) -> "tuple[CaseOf, KnownPerson]":
    which = await store.cases.find(tx, number.strip().upper())
    if which is None:
        _no_such_case()
    person = await store.people.get(tx, which.person_id)
    if person is None:
        _no_such_case()
    return which, person


def _no_such_case() -> NoReturn:
    typer.echo("No open request has that number. `cases list` shows them.", err=True)
    raise typer.Exit(1)


_WAYS = {
    "window": "Sent into the chat",
    "email": "Sent by e-mail",
    "next_contact": "Kept until the person writes CASES",
    "none": "Kept, but it cannot be delivered",
}
