"""Broadcasts: what an organisation sends to everybody who agreed to it."""
