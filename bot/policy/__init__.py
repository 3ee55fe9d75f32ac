"""The notice as something that is published: what it states holds until the next version does."""
