"""One request through the gate to its route, and what the routes share."""
