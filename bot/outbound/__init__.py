"""A reply becomes a delivered message."""
