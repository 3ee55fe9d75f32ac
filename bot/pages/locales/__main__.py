"""Refreshes every catalogue from the texts in the templates, the code and the data map."""

from bot.pages.locales.refresh import refresh

refresh()
