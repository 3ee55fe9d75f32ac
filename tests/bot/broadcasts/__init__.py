"""Tests of what happens because of the clock."""
