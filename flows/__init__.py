"""What is said: conversations as finite-state machines, without I/O, clock or database."""

from flows.order import step
from flows.profile import profile
from flows.registry import FLOWS

__all__ = ["FLOWS", "profile", "step"]
