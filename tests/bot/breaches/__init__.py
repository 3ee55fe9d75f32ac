"""Tests of what is done about a breach of security."""
