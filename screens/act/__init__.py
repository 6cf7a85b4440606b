"""Screens of one action: confirmation, secret, choice of a factor, steps by hand."""
