"""Tests of what a browser sees."""
