"""Catalogues of every language but English; `python -m bot.pages.locales` refreshes them."""
