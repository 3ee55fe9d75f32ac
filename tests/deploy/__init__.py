"""What `docs/deploy` holds is checked by its own tools, run, and compared with the program."""
