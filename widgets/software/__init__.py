"""Widgets of software."""
