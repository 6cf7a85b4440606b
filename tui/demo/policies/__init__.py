"""Password policies and their rules."""
