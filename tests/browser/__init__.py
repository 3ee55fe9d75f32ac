"""The chat page of the simulator in a real browser, with the real bot behind it."""
