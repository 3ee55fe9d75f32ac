"""What a browser sees, readable without script or cookie; and what Meta says about people."""

from bot.pages.bring_back import Returns
from bot.pages.callbacks import Callbacks
from bot.pages.detail import Desk
from bot.pages.doors import Desks, routes
from bot.pages.enroll import Enrolling
from bot.pages.export import Exports
from bot.pages.facts import Pages
from bot.pages.headers import guard_all
from bot.pages.press import Press, Published
from bot.pages.receipts import Receipts
from bot.pages.unsubscribe import Subscription, Subscriptions

__all__ = [
    "Callbacks",
    "Desk",
    "Desks",
    "Enrolling",
    "Exports",
    "Pages",
    "Press",
    "Published",
    "Receipts",
    "Returns",
    "Subscription",
    "Subscriptions",
    "guard_all",
    "routes",
]
