"""What an operator can ask for: one file for each command or group of commands."""
