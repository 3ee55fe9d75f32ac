"""Whether Messenger takes what the configured texts become."""

from bot.settings import Fault, Settings
from bot.site import sites
from flows.fitting import misfits


def text_faults(settings: Settings) -> list[Fault]:
    """Return the texts that would be too long for a message, by what they are for."""
    found = [misfit for site in sites(settings).values() for misfit in misfits(site)]
    mend = "Write less in the configuration: Messenger refuses the whole message."
    return [Fault("texts", misfit, mend) for misfit in found]
