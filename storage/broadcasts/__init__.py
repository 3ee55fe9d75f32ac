"""What is sent to many: broadcasts, their runs, and one delivery for each person in a run."""
