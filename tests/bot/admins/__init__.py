"""Admins: the gate, codes, and the desk."""
