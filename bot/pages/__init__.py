"""What a browser sees, readable without script or cookie; and what Meta says about people."""

from bot.pages.callbacks import Callbacks
from bot.pages.detail import Desk
from bot.pages.doors import routes
from bot.pages.facts import Pages
from bot.pages.receipts import Receipts

__all__ = ["Callbacks", "Desk", "Pages", "Receipts", "routes"]
