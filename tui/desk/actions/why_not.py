"""The reason why keydesk does not do an action, and what would allow it: another text for each cause."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tui.desk.actions import needs
from tui.desk.actions.grammar import UNFIT, Cause
from tui.desk.text import okta_terms
from tui.desk.text.named_keys import key_of, key_said
from tui.desk.text.plain import plain
from tui.okta.errors import FeatureOff, MissingScope

if TYPE_CHECKING:
    from tui.desk.actions.grammar import Action, Obstacle
    from tui.desk.people.person import Person
    from tui.trouble import Trouble

_SCOPE: Final = re.compile(r"okta\.[A-Za-z.]{1,60}[A-Za-z]")


def explain(
    action: Action,
    person: Person,
    obstacle: Obstacle,
    *,
    denied: Trouble | None = None,
    flag: bool = False,
    never: Obstacle | None = None,
) -> Obstacle:
    """Return an obstacle with its texts for this person filled in: `why`, `allows` and `never`.

    Args:
        action: The action.
        person: The person.
        obstacle: What stands in the way.
        denied: Okta's refusal, where that is the obstacle.
        flag: Whether a command-line flag, and not the connector, made the session read-only.
        never: The obstacle for which nobody could do the action, where there is one besides.
    """
    why = _why(action, person, obstacle, denied=denied, flag=flag)
    return replace(obstacle, why=why, allows=_allows(action, obstacle, denied), never=never)


def rights_needed(action: Action) -> str:
    """Return the rights by which keydesk does an action that nothing stands in the way of; harmless text."""
    return f"keydesk does it on a read-write connector with {_rights(action)}."


def _why(action: Action, person: Person, obstacle: Obstacle, *, denied: Trouble | None, flag: bool) -> str:
    """Return why keydesk does not do the action; harmless text."""
    match obstacle.cause:
        case Cause.DIRECTORY:
            owner = plain(okta_terms.provider_words(person.user))
            return (
                f"The password of this person belongs to {owner}, and this connector sends people of a directory there."
            )
        case Cause.BY_GROUPS_ONLY:
            return (
                "This connector gives software by groups only: it reads and changes no app; nothing is lacking at Okta."
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
        case Cause.PERMISSION if denied is not None:
            reason = f"{plain(denied.title)}. {plain(denied.advice)}"
        case _:
            reason = f"{plain(obstacle.reason)}. {plain(obstacle.advice)}"
    return f"{_BEGINNINGS[obstacle.cause]}: {reason.rstrip()}"


# How a sentence begins that ends with the obstacle's own reason.
_BEGINNINGS: Final = {
    Cause.PERMISSION: "Okta does not let keydesk do it",
    Cause.LEDGER: "keydesk changes nothing that it cannot record",
    Cause.PROVIDER: "The password is not Okta's",
    Cause.CHANGING: "Nobody should act on this person now",
    Cause.RULES: "The desk's rules stand in the way",
    Cause.TARGET: "Nobody can do this for what was chosen",
    Cause.STATE: "Nobody can do this for the person as they are now",
}


def _allows(action: Action, obstacle: Obstacle, denied: Trouble | None) -> str:
    """Return what would allow keydesk to do the action: the scope, role or setting by name; harmless text."""
    if obstacle.cause is Cause.RULES:
        return "No role and no scope changes this: the desk's rules hold for whoever works here."
    if obstacle.cause in UNFIT:
        return "No role and no scope changes this: it lies in the person or in what was chosen."
    match obstacle.cause:
        case Cause.MODE:
            return f"keydesk would do it on a read-write connector ({_change_it()}) with {_rights(action)}."
        case Cause.BY_GROUPS_ONLY:
            return (
                f"keydesk would do it if the connector gave software by apps too ({_change_it()}). "
                f"It takes {_rights(action)}."
            )
        case Cause.CAPABILITY:
            return f"keydesk would do it once this is switched on ({_change_it()}). It takes {_rights(action)}."
        case Cause.PERMISSION:
            return _missing(action, obstacle, denied)
        case Cause.DIRECTORY:
            return (
                "keydesk would try it if the connector did not send people of a directory elsewhere "
                f"({_change_it()}), with {_rights(action)}; Okta's agent for the directory then decides."
            )
        case _:
            return "No role and no scope is missing: keydesk does it again as soon as its ledger can be written."


def _change_it() -> str:
    """Return by which keys a connector is changed."""
    return f"{key_said('app.go.connectors')}, then {key_of('connectors.change')}"


def _missing(action: Action, obstacle: Obstacle, denied: Trouble | None) -> str:
    """Return the missing scope, or else the missing role, as Okta or the last proof named it."""
    if isinstance(denied, FeatureOff):
        return "This org does not have it; a role or a scope does not help."
    reason = denied.title if denied else obstacle.reason
    if isinstance(denied, MissingScope) or "scope" in reason:
        match = _SCOPE.search(getattr(denied, "scope", "") or reason)
        scope = match[0] if match else action.endpoint.scope
        return (
            f"Missing: the scope {scope}. A super admin grants it on the service app's “Okta API Scopes” tab. "
            f"Beside it: {_role(action)}."
        )
    if "feature" in reason:  # the title that a proof gives this refusal
        return "This org does not have it; a role or a scope does not help."
    return (
        f"Missing: {_role(action)}, reaching this person and what was chosen. A super admin assigns it. A service app "
        f"needs {_scopes(action)} as well."
    )


def _rights(action: Action) -> str:
    return f"{_role(action)}; a service app with {_scopes(action)} too"


def _scopes(action: Action) -> str:
    names = dict.fromkeys(endpoint.scope for endpoint in action.endpoints if endpoint.scope)
    return f"the scope{'s' if len(names) > 1 else ''} {' and '.join(names)}"


def _role(action: Action) -> str:
    """Return every standard role that is enough, the least powerful first, or the permissions of a custom role."""
    first, *others = action.roles
    roles = [f"{needs.ROLE.get(first, first)} ({first})", *(needs.ROLE.get(role, role) for role in others)]
    listed = f"{', '.join(roles[:-1])} or {roles[-1]}" if others else roles[0]
    plural = "s" if len(action.permissions) > 1 else ""
    return f"the admin role {listed}, or a custom role with the permission{plural} {' and '.join(action.permissions)}"
