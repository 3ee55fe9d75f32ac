"""Catalogues of every language but English; `python -m flows.locales` refreshes them."""
