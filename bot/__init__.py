"""Who acts: the doors, the doers, and the one place where everything is wired (`app.py`)."""
