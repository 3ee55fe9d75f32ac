"""How long a test waits for what must come."""

#: Far more than anything takes: a busy machine fails no test, and what has come is seen at once.
PATIENCE_S = 120.0
