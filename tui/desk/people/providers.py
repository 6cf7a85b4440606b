"""Who owns a person's password, by Okta's credential provider: a directory, or a provider outside Okta."""

from __future__ import annotations

from typing import Final

DIRECTORIES: Final = frozenset({"ACTIVE_DIRECTORY", "LDAP"})
OUTSIDE: Final = frozenset({"FEDERATION", "SOCIAL"})
"""Credential providers whose people have no password in Okta."""
