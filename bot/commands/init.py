"""`init`: a new bot in an empty folder, from a few answers."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import keys
from bot.commands.process import protect

if TYPE_CHECKING:
    from bot.settings.new_file import Answers, Places

Check = Callable[[str], str]

_WELCOME = (
    "A few questions; Enter takes what stands in brackets. Nothing is written before the end."
)
_NEXT = """
Wrote {config}; look through it: it explains itself.
Next:
  1. Print or copy the recovery kit above, and lock it away.
  2. `chatmagico connect` connects your Page. It asks for the app id, the app secret and a token.
  3. `chatmagico check` tells what is still missing, `chatmagico serve` runs the bot."""
_EXISTS = "{file} is there already, so nothing was written: this is for a bot that is new."


def init(  # noqa: PLR0913 - one option for each question, so that a script can answer
    context: typer.Context,
    *,
    name: Annotated[str | None, typer.Option(help="The organisation that is responsible.")] = None,
    address: Annotated[str | None, typer.Option(help="Its postal address.")] = None,
    email: Annotated[str | None, typer.Option(help="Whom people write to about data.")] = None,
    url: Annotated[str | None, typer.Option(help="The bot's public https address.")] = None,
    page: Annotated[str | None, typer.Option(help="The Facebook Page's name.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Such as Europe/Berlin.")] = None,
    languages: Annotated[
        str | None, typer.Option(help="With commas, the first by default.")
    ] = None,
    purposes: Annotated[str | None, typer.Option(help="Any of news, events, reminders.")] = None,
) -> None:
    """Ask a few questions, then write configuration, keys, a verify token and folders.

    What no option answers is asked for, or read from stdin line by line.
    """
    from bot.settings import new_file
    from bot.settings.sources import path_of

    config = path_of(context.obj)
    places = new_file.Places(config.parent)
    _require_new(config, places)
    typer.echo(_WELCOME)
    own = _asked(name, "Who is responsible for the data? The organisation's full name", _line)
    answers = new_file.Answers(
        name=own,
        address=_asked(address, "Its postal address, in one line", _line),
        email=_asked(email, "The e-mail address people can turn to about their data", _email),
        public_url=_asked(url, "The https address at which Meta and people reach the bot", _url),
        page_name=_asked(page, "The name of your Facebook Page", _page_name, own[:75]),
        time_zone=_asked(time_zone, "The Page's time zone", _zone, _own_zone()),
        languages=_asked(
            languages, "Languages people can choose from, the first by default", _languages, "en"
        ).split(","),
        purposes=_asked(
            purposes, "What do you want to write about? news, events, reminders", _purposes, "news"
        ).split(","),
    )
    _write(config, answers, places)
    typer.echo(_NEXT.format(config=config))


def _require_new(config: Path, places: "Places") -> None:
    old = (config, places.verify_token, places.app_secret, places.keys)
    for file in old:
        if file.exists():
            typer.echo(_EXISTS.format(file=file), err=True)
            raise typer.Exit(2)


def _write(config: Path, answers: "Answers", places: "Places") -> None:
    from secrets import token_urlsafe

    from bot import secret_files
    from bot.settings.new_file import written

    protect()
    for folder in (config.parent, places.data, places.keys.parent, places.verify_token.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys.make(places.keys)
    secret_files.replace(places.verify_token, token_urlsafe(32))
    with config.open("x", encoding="utf-8") as file:
        file.write(written(answers, places))


def _asked(given: str | None, question: str, check: Check, default: str | None = None) -> str:
    if given is not None:
        return check(given)
    answer: str = typer.prompt(question, default=default, value_proc=check)
    return answer


def _line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise typer.BadParameter("One line, please; it must not be empty.")
    return text.strip()


def _page_name(text: str) -> str:
    from bot.settings.sections import PAGE_NAME_CHARS

    if len(_line(text)) > PAGE_NAME_CHARS:
        raise typer.BadParameter(f"{PAGE_NAME_CHARS} characters at most, please.")
    return _line(text)


def _email(text: str) -> str:
    before, _, host = _line(text).partition("@")
    if not before or "." not in host:
        raise typer.BadParameter("An e-mail address, please, such as privacy@example.org.")
    return text.strip()


def _url(text: str) -> str:
    from bot.settings.rules import is_public_url

    url = _line(text).rstrip("/")
    if not is_public_url(url):
        raise typer.BadParameter("An https address, please, such as https://bot.example.org.")
    return url


def _zone(text: str) -> str:
    from bot.settings.kinds import time_zone

    try:
        return time_zone(_line(text))
    except ValueError:
        raise typer.BadParameter("A time zone, please, such as Europe/Berlin.") from None


def _languages(text: str) -> str:
    from typing import get_args

    from bot.settings.kinds import Language

    return _chosen(text, get_args(Language))


def _purposes(text: str) -> str:
    from bot.settings.ready_made import READY_MADE

    return _chosen(text, tuple(READY_MADE))


def _chosen(text: str, known: Sequence[str]) -> str:
    names = list(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    if not names or not set(names) <= set(known):
        raise typer.BadParameter(f"Any of {', '.join(known)}, please, with commas.")
    return ",".join(names)


def _own_zone() -> str:
    """Return this machine's time zone, as far as it names one."""
    _, found, name = str(Path("/etc/localtime").resolve()).partition("/zoneinfo/")
    return name if found else "UTC"
