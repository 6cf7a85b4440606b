"""One file per screen; each starts workers and holds its own state."""
