"""Details that people give of their own will: checked, kept, proven, and shown masked."""
