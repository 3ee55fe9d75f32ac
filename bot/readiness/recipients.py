"""What is no fault and yet work for the operator: recipients that are told by hand."""

from bot.settings import Settings


def hints_of(settings: Settings) -> list[str]:
    """Return a line for each recipient of some purposes that no erasure is passed on to."""
    return [
        f"recipients.{index}.erasure_url: nothing, so tell this recipient of erasures by hand."
        for index, recipient in enumerate(settings.recipients)
        if recipient.purposes and not recipient.erasure_url
    ]
