"""Screens of one action for several people."""
