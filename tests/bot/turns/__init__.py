"""Tests of bot/turns/."""
