"""What commands start from: the settings that `--config` leads to, and the roles of admins."""

from typing import TYPE_CHECKING, Literal

import typer

if TYPE_CHECKING:
    from bot.settings import Settings

#: Those of `storage.admins`, written once more: with its import, each `--help` would wait for it.
Role = Literal["owner", "sender", "privacy officer", "viewer"]


def settings_of(context: typer.Context) -> "Settings":
    """Read the settings.

    Raises:
        SettingsFaults: Something is wrong; it lists everything at once.
    """
    from bot.settings import load_settings

    return load_settings(context.obj)
