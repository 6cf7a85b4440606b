"""Screens of the connectors: list, check, switch, rotate."""
