"""The System Log: its events and their storage."""
