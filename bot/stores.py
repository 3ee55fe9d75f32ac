"""Opens what is kept: both databases, the secrets, the ledger's checkpoints."""

from os import environ
from pathlib import Path

from bot.settings import Settings
from bot.turns.state import STATE_VERSION
from storage import Store
from storage.ledger.checkpoints import Checkpoints
from storage.ledger.evidence import Prover
from storage.tellings import Recipient
from storage.vault import signing_keys
from storage.vault.secrets import EnvironmentSecrets, FileSecrets, SecretsProvider


def secrets_provider(settings: Settings) -> SecretsProvider:
    """Return where the secrets come from."""
    if settings.keys.provider == "environment":
        return EnvironmentSecrets(dict(environ))
    return FileSecrets(settings.keys.file)


def open_store(settings: Settings) -> Store:
    """Open both databases, with the secrets that open what is in them."""
    provider = secrets_provider(settings)
    return Store(
        settings.storage.url,
        settings.keys.url,
        provider.load(),
        tombstones=settings.storage.tombstones,
        reload=provider.load,
        state_version=STATE_VERSION,
        evidence_days=settings.retention.consent_evidence_days,
        signing=lambda: signing_keys.load(signing_file(settings), provider.load()),
        recipients=[
            Recipient(one.key, frozenset(one.purposes), is_reachable=bool(one.erasure_url))
            for one in settings.recipients
        ],
    )


def signing_file(settings: Settings) -> Path | None:
    """Return where the seed of rotated signing keys is; None where secrets are in no files."""
    if settings.keys.provider == "environment":
        return None
    return signing_keys.file_beside(settings.keys.file)


def open_prover(settings: Settings, store: Store) -> Prover:
    """Return who signs the ledger's checkpoints, under this bot's address, and proves lines."""
    origin = settings.server.public_url.partition("://")[2]
    file = settings.storage.checkpoint_file
    checkpoints = Checkpoints(store.ledger, store.signing, origin=origin, file=file)
    return Prover(store.ledger, store.keyring, store.proofs, checkpoints)
