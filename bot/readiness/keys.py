"""Whether the secrets that open people's keys are there, strong, and their owner's alone."""

import shlex
import stat
from pathlib import Path

from bot.settings import Fault, Settings
from bot.stores import secrets_provider
from storage import KeysUnusable

_OTHERS = 0o077


def key_faults(settings: Settings) -> list[Fault]:
    """Return what keeps the secrets from being used."""
    try:
        secrets_provider(settings).load()
    except KeysUnusable as unusable:
        if settings.keys.provider == "file":
            return [_file_fault(settings.keys.file, unusable)]
        mend = "Set the variables from their backup; `chatmagico keys init` tells how to make some."
        return [Fault("keys.provider", _unusable(unusable), mend)]
    return []


def _file_fault(file: Path, unusable: KeysUnusable) -> Fault:
    epochs = sorted(file.parent.glob(f"{file.name}.epoch-*"))
    if not file.exists() and not epochs:
        mend = "Run `chatmagico keys init`; if there were some, put them back from their backup."
        return Fault("keys.file", "nothing", mend)
    if not file.exists() or not epochs:
        lost = f"{file.name}.epoch-1" if file.exists() else file.name
        return Fault("keys.file", "only a part of the secrets", f"Put {lost} back from its backup.")
    if loose := [path for path in (file, *epochs) if _is_loose(path)]:
        mend = f"Run `{shlex.join(['chmod', '600', *map(str, loose)])}`."
        return Fault("keys.file", "secrets that others may read", mend)
    return Fault("keys.file", _unusable(unusable), "Put the file back from its backup.")


def _is_loose(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & _OTHERS)


def _unusable(unusable: KeysUnusable) -> str:
    facts = ", ".join(f"{name} {fact}" for name, fact in unusable.facts.items())
    return f"secrets that cannot be used ({facts})"
