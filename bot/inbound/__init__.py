"""The door: a signed request becomes kept events."""
