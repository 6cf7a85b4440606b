"""Widgets of one action for several people."""
