"""Password expiry: whose password expires when, over a whole org."""
