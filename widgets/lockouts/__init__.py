"""Widgets of the lockouts."""
