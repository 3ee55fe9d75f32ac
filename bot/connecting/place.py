"""What is configured so far, be it half: where connecting begins, and where it writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import secret_files
from bot.settings import Settings, sources
from bot.settings.edited import with_key, write
from bot.settings.given import text_of
from bot.settings.new_file import Places
from bot.settings.sections import Messenger


@dataclass(frozen=True, slots=True)
class HeldPage:
    """A [[pages]] table as it is."""

    number: int
    id: str
    name: str
    token: str = field(repr=False)


class Place:
    """A configuration file and the files it names.

    Raises:
        SettingsFaults: There is no such file, or it is no TOML.
    """

    def __init__(self, config: Path | None) -> None:
        self.config = sources.path_of(config)
        if config is None and not self.config.exists():
            raise sources.no_file()
        self._read()

    def _read(self) -> None:
        from_file = sources.read_file(Settings, self.config) or {}
        from_environment, _ = sources.read_environment(Settings)
        raw = sources.overlay(from_file, from_environment)
        self._files = sources.secret_files(raw)
        sources.read_secret_files(raw)  # what can't be read is missing, and is asked for
        self._raw: Mapping[str, Any] = raw

    @property
    def app_id(self) -> str:
        """Return the app's number; empty where none is written."""
        return self._text("app_id")

    @property
    def app_secret(self) -> str:
        """Return the app secret; empty where there is none."""
        return self._text("app_secret")

    @property
    def url(self) -> str:
        """Return the Graph API's address, with its version."""
        fields = Messenger.model_fields
        parts = [
            self._text(key) or str(fields[key].default) for key in ("graph_url", "graph_version")
        ]
        return "/".join(part.rstrip("/") for part in parts)

    @property
    def pages(self) -> list[HeldPage]:
        """Return the Pages that are written, be it without an id."""
        return [
            HeldPage(at, *(text_of(table.get(key)) for key in ("id", "name", "access_token")))
            for at, (_, table) in enumerate(sources.tables(dict(self._raw), "pages"))
        ]

    def keep_app(self, app_id: str, app_secret: str) -> None:
        """Write id and secret where they are not yet."""
        if app_secret != self.app_secret:
            key = "messenger.app_secret"
            file = self._files.get(key) or Places(self.config.parent).app_secret
            self._keep_secret(file, app_secret)
            if key not in self._files:
                self._edit([("messenger", "app_secret_file", str(file), None)])
        if app_id != self.app_id:
            self._edit([("messenger", "app_id", app_id, None)])
        self._read()

    def keep_page(self, page: HeldPage, token: str) -> None:
        """Write a Page's token into its file, and what is not yet in its table.

        A Page that has its table already keeps the name that people read in the notice.
        """
        key = f"pages.{page.number}.access_token"
        file = self._files.get(key) or Places(self.config.parent).page_token(page.id)
        self._keep_secret(file, token)
        held = {one.number: one for one in self.pages}.get(page.number)
        changes = [("access_token_file", str(file))] if key not in self._files else []
        if held is None or held.id != page.id:
            changes += [("name", page.name), ("id", page.id)]
        self._edit([("pages", name, value, page.number) for name, value in changes])
        self._read()

    def _edit(self, changes: list[tuple[str, str, str, int | None]]) -> None:
        text = self.config.read_text(encoding="utf-8")
        for table, key, value, number in changes:
            text = with_key(text, table, key, value, number=number)
        if changes:
            write(self.config, text)

    def _keep_secret(self, file: Path, secret: str) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret_files.replace(file, secret)

    def _text(self, key: str) -> str:
        table = self._raw.get("messenger")
        return text_of(table.get(key)) if isinstance(table, Mapping) else ""
