"""Okta's credential providers by who owns the password: a directory, or an identity provider outside Okta."""

from __future__ import annotations

from typing import Final

DIRECTORIES: Final = frozenset({"ACTIVE_DIRECTORY", "LDAP"})
OUTSIDE: Final = frozenset({"FEDERATION", "SOCIAL"})
"""Credential providers whose people have no password in Okta."""
