"""Which events of the System Log the lockout feed hears, as one filter expression."""

from __future__ import annotations

from typing import Final

LOCKS: Final = ("user.account.lock", "user.account.lock.limit", "app.ad.api.user_import.account_locked")
UNLOCKS: Final = (
    "user.account.unlock",
    "user.account.unlock_by_admin",
    "user.account.unlock_token",
    "user.account.unlock_failure",
    "system.agent.ad.unlock_user_account",
)
PASSWORDS: Final = ("user.account.reset_password", "user.account.update_password")
SIGN_INS: Final = ("user.session.start",)
"""Good ones too: they tell an office from an attacker, and a mistake that is over from one that is not."""
FAILING: Final = (
    "user.authentication.auth_via_mfa",
    "user.authentication.auth_via_radius",
    "user.authentication.auth_via_AD_agent",
    "user.authentication.auth_via_LDAP_agent",
    "policy.evaluate_sign_on",
)
"""Heard only where they failed or were denied."""
THREATS: Final = ("security.threat.detected",)


def _any(names: tuple[str, ...]) -> str:
    return " or ".join(f'eventType eq "{name}"' for name in names)


FILTER: Final = (
    f"{_any(LOCKS + UNLOCKS + PASSWORDS + SIGN_INS + THREATS)} or "
    f'(({_any(FAILING)}) and (outcome.result eq "FAILURE" or outcome.result eq "DENY"))'
)
