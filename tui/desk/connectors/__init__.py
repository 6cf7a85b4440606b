"""Connectors: which org, signing in as what, with which capabilities, and where the secrets are."""
