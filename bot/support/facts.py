"""What this machine and the configuration are like: kinds and counts, nothing that was written."""

import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from bot.settings import Settings

_META: Final = "https://graph.facebook.com"
_PACKAGES: Final = (
    "aiohttp",
    "aiosqlite",
    "alembic",
    "apscheduler",
    "asyncpg",
    "cryptography",
    "msgspec",
    "prometheus-client",
    "pydantic",
    "pymessenger",
    "sqlalchemy",
    "typer",
    "uvloop",
)


def versions(program: str) -> dict[str, Any]:
    """Return the versions of everything that runs here; of the machine nothing but its kind."""
    return {
        "program": program,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "sqlite": sqlite3.sqlite_version,
        "packages": {name: _version(name) for name in _PACKAGES},
    }


def configured(settings: Settings) -> dict[str, Any]:
    """Return what is set, one by one: numbers and choices, and of all else only whether it is."""
    server, keys, controller = settings.server, settings.keys, settings.controller
    return {
        "environment": settings.environment,
        "server": {
            "port": server.port,
            "is_https": server.public_url.startswith("https://"),
            "has_own_certificate": server.tls_certificate_file is not None,
            "trusted_proxies": len(server.trusted_proxies),
        },
        "messenger": {
            "graph_version": settings.messenger.graph_version,
            "is_meta": settings.messenger.graph_url == _META,
            "app_secrets": len(settings.messenger.app_secrets),
            "forwards_stop": settings.messenger.forward_stop,
        },
        "pages": len(settings.pages),
        "secrets_in_files": sorted(settings.secret_files),
        "controller": {
            name: bool(getattr(controller, name)) for name in type(controller).model_fields
        },
        "languages": settings.languages.model_dump(mode="json"),
        "purposes": [
            {"class": one.klass, "needs": sorted(one.needs), "hours_between": one.hours_between}
            for one in settings.purposes
        ],
        "recipients": [{"is_told": bool(one.erasure_url)} for one in settings.recipients],
        "age": settings.age.model_dump(mode="json"),
        "retention": settings.retention.model_dump(mode="json"),
        "storage": _kind(settings.storage.url),
        "keys": {
            "kind": _kind(keys.url),
            "provider": keys.provider,
            "rotate_days": keys.rotate_days,
            "backup_days": keys.backup_days,
        },
        "metrics": {"port": settings.metrics.port},
        "pace": settings.pace.model_dump(mode="json"),
        "mail": settings.mail is not None,
    }


def _kind(url: str) -> str:
    return url.partition("+")[0]


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
