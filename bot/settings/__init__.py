"""The settings of one deployment: read, checked as a whole, then frozen.

The configuration file is overlaid by the environment (`CHATMAGICO_SECTION__KEY`; an entry of a list
has its number, `CHATMAGICO_PAGES__0__ACCESS_TOKEN`), and both by files that hold one secret each.
"""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.settings import rules, sources
from bot.settings.answers import MAX_ANSWERS, Answer
from bot.settings.explain import faults_of
from bot.settings.faults import Fault, SettingsFaults
from bot.settings.given import Given
from bot.settings.sections import (
    Age,
    Controller,
    Languages,
    Mail,
    Messenger,
    MetricsAddress,
    Pace,
    Page,
    Purpose,
    Recipient,
    Retention,
    Server,
)
from bot.settings.storing import Keys, Storage

__all__ = ["Fault", "Settings", "SettingsFaults", "load_settings", "parse_settings"]


class Settings(BaseSettings):
    """Everything an operator decides. It does not change while the process runs."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        env_prefix=sources.PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        enable_decoding=False,
    )

    environment: Literal["production", "development"] = Field(
        "production", description='Write "production" or "development".'
    )
    server: Server = Server()
    messenger: Messenger
    pages: tuple[Page, ...] = Field(default=(), description="Write at least one [[pages]] table.")
    controller: Controller = Controller()
    languages: Languages = Languages()
    purposes: tuple[Purpose, ...] = ()
    answers: tuple[Answer, ...] = Field(
        default=(),
        max_length=MAX_ANSWERS,
        description=f"Write {MAX_ANSWERS} [[answers]] tables at most.",
    )
    recipients: tuple[Recipient, ...] = ()
    age: Age = Age()
    retention: Retention = Retention()
    storage: Storage = Storage()
    keys: Keys = Keys()
    metrics: MetricsAddress = MetricsAddress()
    pace: Pace = Pace()
    mail: Mail | None = None

    _secret_files: dict[str, Path] = PrivateAttr(default_factory=dict)

    @property
    def secret_files(self) -> Mapping[str, Path]:
        """Return the file of each secret that has one, by key, such as "messenger.app_secret"."""
        return self._secret_files

    @property
    def is_production(self) -> bool:
        """Tell whether the strict rules hold."""
        return self.environment == "production"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is handed in and nothing else; `load_settings` does the reading."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def load_settings(path: Path | None = None) -> Settings:
    """Read and check the settings.

    Args:
        path: The TOML file; None means CHATMAGICO_CONFIG, or else ./config.toml where it exists.

    Raises:
        SettingsFaults: Something is wrong; it lists everything at once, but a file that cannot be
            read or is not there stands alone.
    """
    from_file = sources.read_file(Settings, path)
    from_environment, faults = sources.read_environment(Settings)
    if from_file is None and not _is_whole(from_environment):
        raise sources.no_file()
    return _parse(sources.overlay(from_file or {}, from_environment), faults)


def _is_whole(from_environment: dict[str, Any]) -> bool:
    """Tell whether the environment is meant to be everything, not only the secrets of a file."""
    messenger = from_environment.get("messenger")
    return isinstance(messenger, dict) and "app_id" in messenger


def parse_settings(raw: dict[str, Any]) -> Settings:
    """Check settings that are already at hand, shaped like the TOML file.

    Raises:
        SettingsFaults: Something is wrong; it lists everything at once.
    """
    return _parse(deepcopy(raw), [])


def _parse(raw: dict[str, Any], faults: list[Fault]) -> Settings:
    raw.setdefault("messenger", {})  # so that each of its missing keys is told
    files = sources.secret_files(raw)
    faults += sources.read_secret_files(raw)
    settings: Settings | None = None
    try:
        settings = Settings(**raw)
        settings._secret_files.update(files)  # noqa: SLF001 - its own maker
    except ValidationError as refused:
        faults += faults_of(refused, Settings)
    faults += rules.broken_by(Given(raw, Settings))
    if settings is None or faults:
        raise SettingsFaults(_once_each(faults))
    return settings


def _once_each(faults: list[Fault]) -> list[Fault]:
    """Keep the first fault of each key; a secret's unreadable file stands for the secret."""
    kept: dict[str, Fault] = {}
    for fault in faults:
        kept.setdefault(fault.key.removesuffix("_file"), fault)
    return list(kept.values())
