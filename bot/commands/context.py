"""What every command starts from: the settings that `--config` leads to."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.settings import Settings


def settings_of(context: typer.Context) -> "Settings":
    """Read the settings.

    Raises:
        SettingsFaults: Something is wrong; it lists everything at once.
    """
    from bot.settings import load_settings

    return load_settings(context.obj)
