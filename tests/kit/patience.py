"""How long a test waits for what must come; what has come is seen at once."""

#: For processes, kills and files: far more than anything takes, also on a busy machine.
PATIENCE_S = 120.0
#: For an answer. A call to Messenger may hang for 20 s: whoever is held up by one is seen here.
ANSWER_S = 15.0
