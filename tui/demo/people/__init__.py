"""People: who there is, their profile, password and status."""
