"""Whether the secrets that open people's keys are there, strong, and their owner's alone."""

from bot.app import secrets_provider
from bot.settings import Fault, Settings
from storage import KeysUnusable


def key_faults(settings: Settings) -> list[Fault]:
    """Return what keeps the secrets from being used."""
    try:
        secrets_provider(settings).load()
    except KeysUnusable as unusable:
        key = "keys.file" if settings.keys.provider == "file" else "keys.provider"
        facts = ", ".join(f"{name} {fact}" for name, fact in unusable.facts.items())
        return [Fault(key, f"secrets that cannot be used ({facts})", unusable.advice)]
    return []
