"""Screens that grant software to a person and revoke it."""
