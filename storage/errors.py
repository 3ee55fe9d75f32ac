"""What can go wrong with what is kept. No message ever carries what was kept."""


class StorageError(Exception):
    """Something that is kept could not be read or written."""

    #: What the operator can do about it.
    advice = "Look at the cause below; if it stays, restore from the last backup."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        told = ", ".join(f"{name}={value}" for name, value in facts.items())
        super().__init__(f"{type(self).__doc__}{f' ({told})' if told else ''}")


class StorageBusy(StorageError):
    """The database stayed locked for too long."""

    advice = "Find what else holds the database open; a backup or a second program may."


class StorageUnavailable(StorageError):
    """The database cannot be reached, or it cannot be written to."""

    advice = "Check the address, the disk's free space and the folder's permissions."


#: PostgreSQL's classes "data exception" and "integrity constraint violation", and SQLite's names.
_DATA_CODES = ("22", "23", "SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_TOOBIG")


class StorageRefused(StorageError):
    """The database refused one statement, such as a row that collides with another node's."""

    advice = "Nothing, where it happens once; if it stays, report it with the facts given."

    def __init__(self, *, cause: str, code: str = "unknown") -> None:
        #: The driver's class of error, such as "UniqueViolationError".
        self.cause = cause
        #: Whether what was to be written is at fault, and would be refused again and again.
        self.is_about_data = code.startswith(_DATA_CODES)
        super().__init__(cause=cause, code=code)


class CopyFailed(StorageError):
    """A database could not be copied."""

    advice = (
        "Name a new folder with room for both databases; on PostgreSQL, install its client of the "
        "server's version, with pg_dump and pg_restore."
    )


class StillServed(StorageError):
    """Processes still serve the database."""

    advice = "Stop every one of them, then try again."


class SchemaTooOld(StorageError):
    """The database's tables are not those this version works with."""

    advice = "Run `chatmagico db upgrade`."


class SchemaTooNew(StorageError):
    """A newer version of this program has changed the database's tables."""

    advice = "Use that version, or restore the backup from before it."


class ClockWrong(StorageError):
    """This machine's clock and the database's are too far apart to serve together."""

    advice = "Let both machines set their clocks over the network (`timedatectl`), then start."


class AlreadyServed(StorageError):
    """Another process already serves this data folder."""

    advice = "Stop the other process, or use PostgreSQL to run more than one."


class PlaceLost(StorageError):
    """This process lost its place among those that serve the database."""

    advice = "Nothing to do: it ends, and whoever supervises it starts it anew."


class KeysUnusable(StorageError):
    """The secrets that open what is kept are missing, weak or open to others."""

    advice = "Run `chatmagico keys init`, or put the key files back with mode 0600."


class TombstonesUnusable(StorageError):
    """The file that remembers who was erased cannot be used."""

    advice = (
        "Put it back from its copy, readable and writable for the bot's account; if it is lost "
        "for good, run `chatmagico restore --new-tombstones`. Where a line was changed and there "
        "is no copy, take that line out: only whom it named may then come back from a backup."
    )


class TombstonesMissing(TombstonesUnusable):
    """The file that remembers who was erased is missing beside a database with people in it."""


class TombstonesForeign(StorageError):
    """The file that remembers who was erased belongs to another deployment."""

    advice = "Set storage.tombstones to this deployment's own file, or put it back from its copy."


class ErasedAreBack(StorageError):
    """People who were erased are in the database again, as after restoring a backup."""

    advice = "Stop every process that serves it and run `chatmagico restore --replay`."


class PeopleMissing(StorageError):
    """There are keys of people, but the main database is a new one without anybody in it."""

    advice = "Check storage.url, or restore the main database; nothing was changed."


class EpochGone(StorageError):
    """Keys are wrapped under an epoch whose secret is not there any more."""

    advice = (
        "Put the epoch's file back from its copy; if it was destroyed after keys.backup_days, "
        "bring back a newer backup of the keys."
    )


class SecretForeign(StorageError):
    """A secret here is another one than that of the same number on another machine."""

    advice = (
        "Give every machine the same key files: copy keys.file and the .epoch-* files beside it "
        "from one that serves. No key was wrapped under the secret that is only here."
    )


class EpochInUse(StorageError):
    """Something is still wrapped under an old epoch, so its secret must stay."""

    advice = "Run `chatmagico keys rotate`; what does not open then is damaged: see the log."


class Undecryptable(StorageError):
    """A sealed value does not open: it is malformed, moved or tampered with."""

    advice = "Compare with a backup; do not overwrite it: it is evidence."


class KeyLost(StorageError):
    """A person's key is missing although the person was never erased."""

    advice = "Restore the keys database from its last backup before anything else."


class LedgerBroken(StorageError):
    """The ledger does not continue what it once was, or its tables contradict each other."""

    advice = (
        "Run `chatmagico ledger verify`. Keep the database and the checkpoint file as they are: "
        "they are evidence. After a backup was restored, write a new file to storage.checkpoints."
    )


class DraftMoved(StorageError):
    """Somebody else has changed the draft of the notice since it was looked at."""

    advice = "Look at it again; nothing of theirs was overwritten, and nothing of yours was kept."
