"""A pasted list of scopes: the names in it, and why keydesk does not need one of them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from tui.desk.actions.needs import NEEDS, ORG_SCOPE
from tui.desk.text.okta_terms import CAPABILITY
from tui.desk.text.plain import plain
from tui.okta.policy import Capability, Mode, SoftwareBy

if TYPE_CHECKING:
    from collections.abc import Collection

# The ten scopes that admins usually grant a helpdesk tool; the capabilities need neither factors nor orgs.
USUAL_TEN: Final = (
    "okta.users.read",
    "okta.users.manage",
    "okta.groups.read",
    "okta.groups.manage",
    "okta.apps.read",
    "okta.apps.manage",
    "okta.logs.read",
    ORG_SCOPE,
    "okta.factors.read",
    "okta.factors.manage",
)
_WHY: Final = {
    "okta.factors.read": "Okta shows factors by okta.users.read; no call of keydesk needs this one",
    "okta.factors.manage": "Okta resets factors by okta.users.manage; no call of keydesk needs this one",
    "okta.sessions.manage": "sessions are ended by okta.users.manage",
    "okta.sessions.read": "keydesk reads no sessions",
    "okta.roles.read": "only for keydesk to see its own admin roles, which Okta mostly refuses anyway",
    "okta.apiTokens.read": "only for keydesk to see when its own API token ends; a service app has none",
    "okta.principalRateLimits.read": "keydesk reads the rate limits from each answer",
    "openid": "it is for people who sign in; a service app has no person",
    "profile": "it is for people who sign in; a service app has no person",
    "email": "it is for people who sign in; a service app has no person",
    "offline_access": "a service app gets no refresh token",
}
_KNOWN: Final = tuple(dict.fromkeys((*(need.scope for need in NEEDS), *USUAL_TEN, *_WHY)))
_BY_FOLD: Final = {scope.casefold(): scope for scope in _KNOWN}
_BETWEEN: Final = re.compile(r"[^\w.\-:]+")
_WILD: Final = re.compile(r"\b((?:okta\.)?[A-Za-z]+)\.\*")  # Okta has no wildcards; both are meant
_NO_NAMES: Final = frozenset({"and", "or", "scope", "scopes", "the", "und"})
_VERBS: Final = frozenset({"read", "manage", ".read", ".manage"})
_LONGEST: Final = 80


def scope_names(given: str) -> tuple[str, ...]:
    """Return the scopes in a pasted text, each once, in its order, with names that keydesk does not know.

    Any separators are possible. `okta.users.read/manage` and `okta.users.*` mean both scopes; `users.read` means
    `okta.users.read`.
    """
    names: list[str] = []
    for word in _BETWEEN.split(_WILD.sub(r"\1.read \1.manage", given)):
        name = word.strip(".-:_")
        if not name or name.casefold() in _NO_NAMES:
            continue
        if name.casefold() in _VERBS and names and names[-1].count(".") > 1:
            name = f"{names[-1].rpartition('.')[0]}.{name.casefold()}"
        folded = name.casefold()
        name = _BY_FOLD.get(folded) or _BY_FOLD.get(f"okta.{folded}") or plain(name, limit=_LONGEST)
        if name not in names:
            names.append(name)
    return tuple(names)


def why_not_needed(
    scope: str,
    capabilities: Collection[Capability],
    mode: Mode,
    software_by: SoftwareBy = SoftwareBy.GROUPS_AND_APPS,
) -> str:
    """Return in words why these choices do not need a scope."""
    if scope in _WHY:
        return _WHY[scope]
    using = [need for need in NEEDS if need.scope == scope]
    if using:
        by_groups = software_by is SoftwareBy.GROUPS and all(need.of_apps for need in using)
        if by_groups and Capability.PROVISIONING in capabilities:
            return "this connector gives software by groups only, so it needs no right on apps"
        if mode is Mode.READ_ONLY and any(need.writes and need.capability in capabilities for need in using):
            return "this connector is read-only"
        switched_off = dict.fromkeys(CAPABILITY[need.capability] for need in using)
        return f"only for what is switched off: {', '.join(switched_off)}"
    if close := get_close_matches(scope, _KNOWN, 1, cutoff=0.85):
        return f"keydesk does not know this scope; is it {close[0]}?"
    if scope.startswith("okta."):
        return "no call of keydesk needs it"
    return "this is no scope of Okta's management API"
