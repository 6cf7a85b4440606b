"""Widgets of people."""
