"""Admins: how they prove themselves, what they may do, and what becomes of their commands."""
