"""Refreshes every catalogue from the texts that stand in the flows."""

from flows.locales.refresh import refresh

refresh()
