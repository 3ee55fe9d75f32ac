"""A Messenger on your own machine: Graph API double, signed webhooks, chat page, controls."""

from bot.simulator.faults import Attempt, Echo, Fault
from bot.simulator.simulator import Simulator
from bot.simulator.values import (
    Attachment,
    Author,
    Button,
    Card,
    Message,
    Posted,
    QuickReply,
    Sent,
    SimulatedPage,
)

__all__ = [
    "Attachment",
    "Attempt",
    "Author",
    "Button",
    "Card",
    "Echo",
    "Fault",
    "Message",
    "Posted",
    "QuickReply",
    "Sent",
    "SimulatedPage",
    "Simulator",
]
