"""What is written of a breach of security, and the drafts and notices made of it."""
