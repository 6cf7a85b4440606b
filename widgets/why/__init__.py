"""Widgets of the verdict."""
