"""Widgets of password expiry."""
