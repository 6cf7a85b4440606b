"""Screens of notices: the history, and one to send by hand."""
