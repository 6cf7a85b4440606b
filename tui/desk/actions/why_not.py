"""Why keydesk does not do an action here, and what would let it: another text for each cause."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tui.desk.actions import needs
from tui.desk.actions.grammar import UNFIT, Cause
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.okta.errors import FeatureOff, MissingScope

if TYPE_CHECKING:
    from tui.desk.actions.grammar import Action, Obstacle
    from tui.desk.people.person import Person
    from tui.trouble import Trouble

_SCOPE: Final = re.compile(r"okta\.[A-Za-z.]{1,60}[A-Za-z]")


def explained(
    action: Action,
    person: Person,
    found: Obstacle,
    *,
    denied: Trouble | None = None,
    flag: bool = False,
    never: Obstacle | None = None,
) -> Obstacle:
    """An obstacle with the reasons for this very person.

    Args:
        action: What was wished.
        person: For whom.
        found: What is in the way.
        denied: What Okta has refused, where that is in the way.
        flag: Whether it is known that a flag made the session read-only, and not the connector.
        never: Why nobody could do it, where that is known besides.
    """
    why = _why(action, person, found, denied=denied, flag=flag)
    return replace(found, why=why, allows=_allows(action, found, denied), never=never)


def right(action: Action) -> str:
    """What lets keydesk do an action that nothing stands in the way of; harmless text."""
    return f"keydesk does it on a read-write connector with {_right(action)}."


def _why(action: Action, person: Person, found: Obstacle, *, denied: Trouble | None, flag: bool) -> str:
    """Why keydesk does not do it; harmless text."""
    told = _said(found)
    match found.cause:
        case Cause.DIRECTORY:
            owner = plain(okta_terms.provider_words(person.user))
            return (
                f"The password of this person belongs to {owner}, and this connector sends people of a directory there."
            )
        case Cause.MODE if flag:
            return "keydesk was started read-only, so it changes nothing, although this connector could."
        case Cause.MODE:
            return (
                "keydesk is read-only here and changes nothing: the connector is set so, or keydesk was started with "
                "--read-only."
            )
        case Cause.CAPABILITY:
            what = okta_terms.CAPABILITY[action.capability]
            return f"“{what}” is switched off for this connector; nothing is lacking at Okta."
        case Cause.PERMISSION:
            if denied is not None:
                told = f"{plain(denied.title)}. {plain(denied.advice)}".rstrip()
            return f"Okta does not let keydesk do it: {told}"
        case Cause.LEDGER:
            return f"keydesk changes nothing that it cannot record: {told}"
        case Cause.PROVIDER:
            return f"The password is not Okta's: {told}"
        case Cause.CHANGING:
            return f"Nobody should act on this person now: {told}"
        case Cause.TARGET:
            return f"Nobody can do this for what was chosen: {told}"
        case _:
            return f"Nobody can do this for the person as they are now: {told}"


def _said(found: Obstacle) -> str:
    return f"{plain(found.reason)}. {plain(found.advice)}".rstrip()


def _allows(action: Action, found: Obstacle, denied: Trouble | None) -> str:
    """What would let keydesk do it: the very scope, role or switch; harmless text."""
    if found.cause in UNFIT:
        return "No role and no scope changes this: it lies in the person or in what was chosen."
    match found.cause:
        case Cause.MODE:
            return f"keydesk would do it on a read-write connector (F5, then e) with {_right(action)}."
        case Cause.CAPABILITY:
            return (
                "keydesk would do it once this is switched on: F5 lists the connectors, e changes one. "
                f"It takes {_right(action)}."
            )
        case Cause.PERMISSION:
            return _missing(action, found, denied)
        case Cause.DIRECTORY:
            return (
                "keydesk would try it if the connector did not send people of a directory elsewhere (F5, then e), with "
                f"{_right(action)}; Okta's agent for the directory then decides."
            )
        case _:
            return "No role and no scope is missing: keydesk does it again as soon as its ledger can be written."


def _missing(action: Action, found: Obstacle, denied: Trouble | None) -> str:
    """The scope, or else the role: which of the two Okta or the last check has named."""
    if isinstance(denied, FeatureOff):
        return "This org does not have it; a role or a scope does not help."
    told = denied.title if denied else found.reason
    if isinstance(denied, MissingScope) or "scope" in told:
        named = _SCOPE.search(getattr(denied, "scope", "") or told)
        scope = named[0] if named else action.endpoint.scope
        return (
            f"Missing: the scope {scope}. A super admin grants it on the service app's “Okta API Scopes” tab. "
            f"Beside it: {_role(action)}."
        )
    if "feature" in told:  # as the last check tells it
        return "This org does not have it; a role or a scope does not help."
    return (
        f"Missing: {_role(action)}, reaching this person and what was chosen. A super admin assigns it. A service app "
        f"needs {_scopes(action)} as well."
    )


def _right(action: Action) -> str:
    return f"{_role(action)}; a service app with {_scopes(action)} too"


def _scopes(action: Action) -> str:
    names = dict.fromkeys(endpoint.scope for endpoint in action.endpoints if endpoint.scope)
    return f"the scope{'s' if len(names) > 1 else ''} {' and '.join(names)}"


def _role(action: Action) -> str:
    """Every standard role that would do, the smallest first, or what a custom role has to hold."""
    first, *others = action.roles
    roles = [f"{needs.ROLE.get(first, first)} ({first})", *(needs.ROLE.get(role, role) for role in others)]
    listed = f"{', '.join(roles[:-1])} or {roles[-1]}" if others else roles[0]
    plural = "s" if len(action.permissions) > 1 else ""
    return f"the admin role {listed}, or a custom role with the permission{plural} {' and '.join(action.permissions)}"
