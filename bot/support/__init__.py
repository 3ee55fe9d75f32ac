"""What helps to find a fault, and names neither people nor secrets: nothing that is not listed."""
