"""What one command needs: which roles, which proof, one admin or two."""

from dataclasses import dataclass, field
from enum import StrEnum

from storage.admins import Role


class Proof(StrEnum):
    """What an admin has to show beside being one."""

    NONE = "none"
    #: A code within the last 15 minutes, or 8 hours where they said /remember.
    SESSION = "session"
    #: A code for this very act.
    CODE = "code"


class Two(StrEnum):
    """Whether a second admin has to agree."""

    NEVER = "never"
    #: Where the act says that it is large.
    LARGE = "large"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a command needs."""

    roles: tuple[Role, ...]
    proof: Proof
    two: Two = field(default=Two.NEVER, kw_only=True)
    #: What to type.
    usage: str = field(kw_only=True)
    #: What it does, for /help.
    does: str = field(kw_only=True)
