"""Hands out a person's data as a file, and takes such a file back."""
