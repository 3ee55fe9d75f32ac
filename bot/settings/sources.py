"""Where settings come from: the file, then the environment over it, then secrets from files."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic_settings import BaseSettings, EnvSettingsSource, TomlConfigSettingsSource

from bot.settings.faults import Fault, shape_of

PREFIX: Final = "CHATMAGICO_"
#: Keys that may be given as `key_file`: the path of a file that holds nothing but the secret.
SECRETS: Final = {
    "messenger": ("app_secret", "app_secret_previous", "verify_token"),
    "pages": ("access_token",),
    "mail": ("password",),
}
_DEFAULT_PATH: Final = Path("config.toml")
#: Variables that are not settings: the path of the file, and what storage reads its keys from.
_OTHERS: Final = re.compile(rf"{PREFIX}(CONFIG|ROOT_SECRET|EPOCH_[0-9]+)")

Raw = dict[str, Any]


def read_file(settings: type[BaseSettings], path: Path | None) -> tuple[Raw, list[Fault]]:
    """Return what the TOML file says; a file that nobody named may be missing."""
    named = path or (Path(given) if (given := os.environ.get(f"{PREFIX}CONFIG")) else None)
    file = named or _DEFAULT_PATH
    if named is None and not file.exists():
        return {}, []
    if not file.is_file():
        return {}, [_file_fault("no file at that path", "Write the path of a TOML file.")]
    try:
        return TomlConfigSettingsSource(settings, toml_file=file)(), []
    except tomllib.TOMLDecodeError as broken:
        place = re.search(r"line \d+", str(broken))  # the rest of the message may quote a value
        where = place.group() if place else "its end"
        return {}, [_file_fault(f"no TOML at {where}", "Mend the file there.")]
    except (OSError, UnicodeDecodeError):
        return {}, [_file_fault("a file that cannot be read", "Give the bot leave to read it.")]


def _file_fault(found: str, mend: str) -> Fault:
    return Fault(key=f"--config or {PREFIX}CONFIG", found=found, mend=mend)


def read_environment(settings: type[BaseSettings]) -> tuple[Raw, list[Fault]]:
    """Return what the environment says, and a fault for each variable that is no setting."""
    return EnvSettingsSource(settings)(), list(_unknown_variables(settings))


def _unknown_variables(settings: type[BaseSettings]) -> Iterator[Fault]:
    for name in sorted(os.environ):
        section = name.removeprefix(PREFIX).partition("__")[0].lower()
        is_ours = name.startswith(PREFIX) and not _OTHERS.fullmatch(name)
        if is_ours and section not in settings.model_fields:
            yield Fault(name, "a variable that is no setting", _spelling(section, settings))


def _spelling(section: str, settings: type[BaseSettings]) -> str:
    near = difflib.get_close_matches(section.partition("_")[0], settings.model_fields, n=1)
    hint = f"{PREFIX}{near[0].upper()}__KEY" if near else f"{PREFIX}SECTION__KEY"
    return f"Write {hint}, with two underscores, or remove the variable."


def overlay(below: Any, above: Any) -> Any:
    """Return `above` laid over `below`; tables merge, and numbered tables merge into a list."""
    if not isinstance(above, Mapping):
        return above
    if above and all(key.isdigit() for key in above):
        return _overlay_list(below if isinstance(below, list) else [], above)
    merged = dict(below) if isinstance(below, Mapping) else {}
    return merged | {key: overlay(merged.get(key), value) for key, value in above.items()}


def _overlay_list(below: list[Any], above: Mapping[str, Any]) -> list[Any]:
    merged = list(below)
    for index in sorted(above, key=int):
        if int(index) < len(merged):
            merged[int(index)] = overlay(merged[int(index)], above[index])
        else:
            merged.append(overlay(None, above[index]))
    return merged


def tables(raw: Raw, section: str) -> Iterator[tuple[str, Raw]]:
    """Yield each table of a section with its key: one, or one per entry such as "pages.0"."""
    found = raw.get(section)
    if isinstance(found, dict):
        yield section, found
    for index, entry in enumerate(found if isinstance(found, list) else []):
        if isinstance(entry, dict):
            yield f"{section}.{index}", entry


def read_secret_files(raw: Raw) -> list[Fault]:
    """Replace every `key_file` by the secret it leads to; return what could not be read."""
    faults = []
    for section, keys in SECRETS.items():
        for where, table in tables(raw, section):
            faults += [fault for key in keys if (fault := _read_secret(where, table, key))]
    return faults


def _read_secret(where: str, table: Raw, key: str) -> Fault | None:
    path = table.pop(f"{key}_file", None)
    if path is None:
        return None
    try:
        table[key] = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, TypeError, UnicodeDecodeError, ValueError):
        return Fault(
            key=f"{where}.{key}_file",
            found=f"{shape_of(path)} that leads to no readable file",
            mend="Write the path of a text file that the bot may read and that holds the secret.",
        )
    return None
