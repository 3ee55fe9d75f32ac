"""The secrets as a running process has them: read again when an epoch turns up that is new."""

from collections.abc import Callable

from storage.errors import KeysUnusable
from storage.vault.secrets import Secrets


class HeldSecrets:
    """Secrets in memory, and the way to read them again."""

    def __init__(self, secrets: Secrets, reload: Callable[[], Secrets] | None = None) -> None:
        self._secrets = secrets
        self._reload = reload

    @property
    def newest(self) -> int:
        """Return the highest epoch there is a secret of."""
        return self._secrets.current_epoch

    @property
    def known(self) -> list[int]:
        """Return every epoch there is a secret of."""
        return sorted(self._secrets.epochs)

    def checks(self) -> dict[int, bytes]:
        """Return by what each secret is recognised, the root under 0."""
        return self._secrets.checks()

    def derive(self, use: str) -> bytes:
        """Return the root's key for one use."""
        return self._secrets.derive(use)

    def secret(self, epoch: int) -> bytes:
        """Return an epoch's secret; one that is unknown is looked for once more.

        Raises:
            KeysUnusable: There is none.
        """
        if epoch not in self._secrets.epochs:
            self.refresh()
        try:
            return self._secrets.epochs[epoch]
        except KeyError as missing:
            raise KeysUnusable(missing_epoch=epoch) from missing

    def refresh(self) -> int:
        """Read the secrets again; return the newest epoch.

        Raises:
            KeysUnusable: They can't be read, or the root is another one.
        """
        if self._reload is not None:
            found = self._reload()
            if found.root != self._secrets.root:
                raise KeysUnusable(reason="the root secret is another one than at the start")
            self._secrets = found
        return self.newest
