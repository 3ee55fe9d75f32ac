"""What a browser sees: the full notice and the terms, readable without script or cookie."""

from bot.pages.doors import routes
from bot.pages.facts import Pages

__all__ = ["Pages", "routes"]
