"""What a browser sees, readable without script or cookie; and what Meta says about people."""

from bot.pages.callbacks import Callbacks
from bot.pages.doors import routes
from bot.pages.facts import Pages
from bot.pages.headers import guard_all
from bot.pages.receipts import Receipts
from bot.pages.unsubscribe import Subscription, Subscriptions

__all__ = [
    "Callbacks",
    "Pages",
    "Receipts",
    "Subscription",
    "Subscriptions",
    "guard_all",
    "routes",
]
