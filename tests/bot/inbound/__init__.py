"""The door, tried from outside."""
