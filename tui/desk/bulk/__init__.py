"""Bulk: one action for several people."""
