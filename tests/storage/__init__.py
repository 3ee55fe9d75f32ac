"""Tests of what is kept, each on SQLite and on PostgreSQL."""
