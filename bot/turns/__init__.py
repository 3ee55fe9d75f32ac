"""An event becomes replies and changes, in one transaction."""
