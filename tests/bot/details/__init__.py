"""Tests of what people give of their own will."""
