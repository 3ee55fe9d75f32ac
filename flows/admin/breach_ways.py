"""What an admin may do next with an entry of the register."""

from flows.admin.ways import command_choice, command_choices
from flows.kit.reply import Choice


def ways_of(number: str) -> tuple[Choice, ...]:
    """Offer everything that can be done with an entry."""
    return (
        command_choice("Next question", f"/breach next {number}"),
        command_choice("Drafts", f"/breach draft {number}"),
        command_choice("Tell people", f"/breach tell {number}"),
        command_choice("Show on our page", f"/breach public {number} show"),
        command_choice("Close it", f"/breach close {number}"),
        *command_choices("/breach"),
    )
