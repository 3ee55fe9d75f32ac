"""`profile`: what each Page shows around the chat, and the links and codes that lead into it."""

import asyncio
import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer

from bot.commands.context import settings_of
from bot.commands.group import group
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.outbound.graph import Graph
    from bot.outbound.profile import Change, PageProfile
    from bot.settings import Settings
    from flows.profile import Profile

#: Where Messenger opens a chat with a Page, by its number.
_MESSENGER: Final = "https://m.me"

commands = group()


@commands.callback()
def _group() -> None:
    pass


@commands.command()
def push(
    context: typer.Context,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
) -> None:
    """Write greeting, ice breakers, menu and commands of every Page, where they differ."""
    settings = settings_of(context)
    raise typer.Exit(0 if run(_push_all(settings, is_dry=dry_run)) else 1)


@commands.command()
def link(
    context: typer.Context,
    *,
    page: Annotated[str | None, typer.Option(help="Only this Page, by its number.")] = None,
    purpose: Annotated[
        str | None, typer.Option(help="Only this purpose, by its id in [[purposes]].")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Only this language, two letters.")] = None,
    png: Annotated[Path | None, typer.Option(help="Write the QR code of one link here.")] = None,
    svg: Annotated[Path | None, typer.Option(help="Write it here as SVG, for print.")] = None,
) -> None:
    """Print the links that lead to the opt-in of a purpose; a single one with its QR code.

    A link tells the bot nothing but language and purpose, and is not kept. Whoever knows the bot
    already is spoken to in the language they have.
    """
    settings = settings_of(context)
    from bot import qr

    urls = [one.url for one in _links(settings) if one.is_wished(page, purpose, language)]
    if not urls:
        raise typer.BadParameter("No such Page or purpose is configured, or language offered.")
    if (png or svg) and len(urls) > 1:
        raise typer.BadParameter(
            f"A file holds one code, and these are {len(urls)}: choose with --page, --purpose "
            "and --language."
        )
    typer.echo("\n".join(urls))
    if len(urls) == 1:
        typer.echo(qr.for_terminal(urls[0]))
    if png:
        png.write_bytes(qr.as_png(urls[0]))
    if svg:
        svg.write_bytes(qr.as_svg(urls[0]))


class _Link(NamedTuple):
    page: str
    purpose: str
    language: str
    url: str

    def is_wished(self, *wishes: str | None) -> bool:
        return all(wish in (None, part) for wish, part in zip(wishes, self[:3], strict=True))


def _links(settings: "Settings") -> Iterator[_Link]:
    """Yield every link; without purposes, those that say a language only."""
    from flows.links import reference

    for page in settings.pages:
        for purpose in [one.id for one in settings.purposes] or [""]:
            for language in settings.languages.offered:
                url = f"{_MESSENGER}/{page.id}?ref={reference(language, purpose)}"
                yield _Link(page.id, purpose, language, url)


async def _push_all(settings: "Settings", *, is_dry: bool) -> bool:
    from bot.outbound.graph import open_session
    from bot.outbound.lines import graphs

    async with open_session() as session:
        lines = graphs(settings, session)
        pushed = [
            await push_page(settings, lines, page.id, is_dry=is_dry) for page in settings.pages
        ]
    return all(pushed)


async def push_page(
    settings: "Settings", lines: "Mapping[str, Graph]", page_id: str, *, is_dry: bool = False
) -> bool:
    """Bring one Page's profile to Messenger, and say what came of it; False where it failed."""
    from bot.outbound.profile import PageProfile
    from bot.site import sites
    from flows import profile

    site = sites(settings)[page_id]
    page = PageProfile(lines[page_id], rest=_rest)
    return await _push(site.page_name, page, profile(site), is_dry)


async def _push(name: str, page: "PageProfile", wanted: "Profile", is_dry: bool) -> bool:  # noqa: FBT001 - private, and named where it is decided
    from bot.outbound.errors import GraphError

    try:
        change = await page.compare(wanted)
        if not is_dry:
            await page.apply(change)
    except GraphError as refused:
        undone = "compared" if is_dry else "pushed"
        typer.echo(f"{name}: not {undone}. {refused}\n{refused.advice}", err=True)
        return False
    typer.echo(f"{name}: {_told(change, is_dry=is_dry)} ({page.calls} of 10 calls used)")
    if is_dry:
        for line in _lines(change):
            typer.echo(line)
    return True


async def _rest(seconds: float) -> None:
    typer.echo(
        "Messenger takes 10 of these calls in 10 minutes for each Page, and they are used up. "
        f"Waiting {seconds / 60:.0f} minutes. Ctrl-C is safe: run the command again later."
    )
    await asyncio.sleep(seconds)


def _told(change: "Change", *, is_dry: bool) -> str:
    if not change:
        return "nothing to change"
    names = ", ".join([*change.written, *change.deleted])
    return f"{'would change' if is_dry else 'changed'} {names}"


def _lines(change: "Change") -> Iterator[str]:
    for name in (*change.written, *change.deleted):
        before, after = _pretty(change.found.get(name)), _pretty(change.written.get(name))
        yield from difflib.unified_diff(
            before, after, f"{name} at Messenger", f"{name} here", lineterm="", n=1
        )


def _pretty(value: Any) -> list[str]:
    if value is None:
        return []
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True).splitlines()
