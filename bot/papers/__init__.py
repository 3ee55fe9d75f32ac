"""Papers for people, controllers and authorities, made from what is kept and configured."""
