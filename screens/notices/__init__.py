"""Screens of notices: the history, and the dialog that sends one by hand."""
