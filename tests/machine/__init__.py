"""People who do anything, in any order, and what must be true of them after every step."""
