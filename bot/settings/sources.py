"""Where settings come from: the file, then the environment over it, then secrets from files."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_origin

from pydantic_settings import BaseSettings, EnvSettingsSource, TomlConfigSettingsSource

from bot.settings.faults import Fault, SettingsFaults, shape_of
from bot.settings.sections import section_in

PREFIX: Final = "CHATMAGICO_"
#: Keys that may be given as `key_file`: the path of a file that holds nothing but the secret.
SECRETS: Final = {
    "messenger": ("app_secret", "app_secret_previous", "verify_token"),
    "pages": ("access_token",),
    "recipients": ("erasure_token",),
    "mail": ("password",),
}
_DEFAULT_PATH: Final = Path("config.toml")
_COPY: Final = "Run `chatmagico init`, or copy config.example.toml to"
#: Variables that are not settings: the path of the file, and what storage reads its keys from.
_OTHERS: Final = re.compile(rf"{PREFIX}(CONFIG|ROOT_SECRET|EPOCH_[0-9]+)")

Raw = dict[str, Any]


def read_file(settings: type[BaseSettings], path: Path | None) -> Raw | None:
    """Return what the TOML file says; None where nobody named one and ./config.toml is not there.

    Raises:
        SettingsFaults: The file cannot be used. Then this alone is told: the rest would be noise.
    """
    file = path_of(path)
    if file is _DEFAULT_PATH and not file.exists():
        return None
    if not file.is_file():
        raise _unusable(file, "no file at that path", f"{_COPY} {file}, or name another path.")
    try:
        return TomlConfigSettingsSource(settings, toml_file=file)()
    except tomllib.TOMLDecodeError as broken:
        place = re.search(r"line \d+", str(broken))  # the rest of the message may quote a value
        where = place.group() if place else "at its end"
        raise _unusable(file, f"no valid TOML, {where}", "Mend the file there.") from None
    except UnicodeDecodeError:
        raise _unusable(file, "no valid TOML", "Write the file as UTF-8 text.") from None
    except OSError:
        mend = "Give the bot's account leave to read it."
        raise _unusable(file, "a file that cannot be read", mend) from None


def path_of(path: Path | None) -> Path:
    """Return where the TOML file is: as it was named, as CHATMAGICO_CONFIG does, or here."""
    given = os.environ.get(f"{PREFIX}CONFIG")
    return path or (Path(given) if given else _DEFAULT_PATH)


def no_file() -> SettingsFaults:
    """Say that there is no configuration at all."""
    mend = f"{_COPY} {_DEFAULT_PATH}, or name yours with --config."
    return _unusable(_DEFAULT_PATH, "no file in this folder", mend)


def _unusable(file: Path, found: str, mend: str) -> SettingsFaults:
    return SettingsFaults([Fault(str(file), found, mend)])


def read_environment(settings: type[BaseSettings]) -> tuple[Raw, list[Fault]]:
    """Return what the environment says, and a fault for each variable that is no setting."""
    return EnvSettingsSource(settings)(), list(_unknown_variables(settings))


def _unknown_variables(settings: type[BaseSettings]) -> Iterator[Fault]:
    for name in sorted(os.environ):
        section = name.removeprefix(PREFIX).partition("__")[0].lower()
        is_ours = name.startswith(PREFIX) and not _OTHERS.fullmatch(name)
        if is_ours and section not in settings.model_fields:
            yield Fault(name, "a variable that is no setting", _spelling(name, settings))


def _spelling(name: str, settings: type[BaseSettings]) -> str:
    near = difflib.get_close_matches(name, list(_variables(settings)), n=1)
    hint = near[0] if near else f"{PREFIX}SECTION__KEY, with two underscores"
    return f"Write {hint}, or remove the variable."


def _variables(settings: type[BaseSettings]) -> Iterator[str]:
    """Yield the name of each variable there is; of a list, those of its first table."""
    for section, field in settings.model_fields.items():
        before = f"{PREFIX}{section}".upper()
        inside = section_in(field.annotation)
        if inside is None:
            yield before
            continue
        number = "__0" if get_origin(field.annotation) is tuple else ""
        files = (f"{key}_file" for key in SECRETS.get(section, ()))
        yield from (f"{before}{number}__{key.upper()}" for key in (*inside.model_fields, *files))


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


def secret_files(raw: Raw) -> dict[str, Path]:
    """Return the file of each secret that is given by one, such as "pages.0.access_token"."""
    return {
        f"{where}.{key}": Path(path)
        for section, keys in SECRETS.items()
        for where, table in tables(raw, section)
        for key in keys
        if isinstance(path := table.get(f"{key}_file"), str | Path)
    }


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
