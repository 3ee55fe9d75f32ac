"""What is said: conversations as finite-state machines, without I/O, clock or database."""

from flows.order import step, wants_stop
from flows.profile import profile
from flows.registry import FLOWS

__all__ = ["FLOWS", "profile", "step", "wants_stop"]
