"""What is done about a breach of security: reminding of its clock, and telling people."""
