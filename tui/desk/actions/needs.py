"""What each capability needs of Okta, as data: scopes, standard roles, custom permissions, endpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.desk.actions.catalogue import ACTIONS
from tui.okta import endpoints as ep
from tui.okta.policy import Capability, EndpointMap, Mode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tui.desk.actions.grammar import Action
    from tui.okta.endpoints import Endpoint

# The standard roles that matter here, by what each could change at worst, the harmless first
# (Okta: "Standard administrator roles and permissions").
REPORT, READ_ONLY, MEMBERS, HELP_DESK = "REPORT_ADMIN", "READ_ONLY_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "HELP_DESK_ADMIN"
GROUP, APP, ORG, SUPER = "USER_ADMIN", "APP_ADMIN", "ORG_ADMIN", "SUPER_ADMIN"
POWER: Final = (REPORT, READ_ONLY, MEMBERS, HELP_DESK, GROUP, APP, ORG, SUPER)
ROLE: Final = {
    REPORT: "Report Administrator",
    READ_ONLY: "Read-only Administrator",
    MEMBERS: "Group Membership Administrator",
    HELP_DESK: "Help Desk Administrator",
    GROUP: "Group Administrator",
    APP: "Application Administrator",
    ORG: "Organization Administrator",
    SUPER: "Super Administrator",
    "MOBILE_ADMIN": "Mobile Administrator",
    "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
    "ACCESS_CERTIFICATIONS_ADMIN": "Access Certifications Administrator",
    "ACCESS_REQUESTS_ADMIN": "Access Requests Administrator",
    "WORKFLOWS_ADMIN": "Workflows Administrator",
    "CUSTOM": "a custom role",
}
# Standard roles that may change nothing in the org.
HARMLESS: Final = frozenset({REPORT, READ_ONLY})
# Standard roles that can be limited to chosen groups.
LIMITABLE: Final = frozenset({MEMBERS, HELP_DESK, GROUP})
# What the org's name, shown when connecting, takes; everything works without it.
ORG_SCOPE: Final = ep.ORG.scope or ""


@dataclass(frozen=True, slots=True)
class Need:
    """One part of a capability: one right at Okta.

    Attributes:
        capability: Whose part it is.
        what: What it is for, to stand behind “for”: `finding people`.
        scope: The OAuth scope.
        writes: Whether it changes something, so that a read-only connector does without.
        roles: Standard roles that would do, the least powerful first.
        permissions: Custom-role permissions that together would do; empty where no custom role can.
        resources: What a custom role's resource set must hold: `users`, `groups`, `apps`.
        endpoints: The ids of keydesk's calls that it is for.
        extra: It takes a more powerful role than the rest of the capability, and is not worth one by itself.
    """

    capability: Capability
    what: str
    scope: str
    writes: bool
    roles: tuple[str, ...]
    permissions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    extra: bool = False


def _read(
    capability: Capability, what: str, endpoint: Endpoint, roles: Collection[str], *permissions: str, also: str = ""
) -> Need:
    return Need(
        capability,
        what,
        endpoint.scope or "",
        writes=False,
        roles=by_power(roles),
        permissions=permissions,
        resources=_resources(permissions),
        endpoints=tuple(filter(None, (endpoint.id, *also.split()))),
    )


def _resources(permissions: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(permission.split(".")[1] for permission in permissions))


def by_power(roles: Iterable[str]) -> tuple[str, ...]:
    """Standard roles, the least powerful first; those that keydesk does not know last."""
    return tuple(sorted(set(roles), key=lambda role: (POWER.index(role) if role in POWER else len(POWER), role)))


_SEE_PEOPLE: Final = (READ_ONLY, MEMBERS, HELP_DESK, GROUP, APP, ORG, SUPER)
_SEE_FACTORS: Final = (READ_ONLY, HELP_DESK, GROUP, ORG, SUPER)
_SEE_APPS: Final = (READ_ONLY, APP, SUPER)
_SEE_LOG: Final = (REPORT, READ_ONLY, APP, ORG, SUPER)
_SEE_POLICIES: Final = (READ_ONLY, ORG, SUPER)
_SEE_ORG: Final = (READ_ONLY, ORG, SUPER)
_USERS, _GROUPS = "okta.users.read", "okta.groups.read"  # permissions of custom roles, named as the scopes are


def _reads() -> tuple[Need, ...]:
    c, see, people = Capability, _SEE_PEOPLE, "finding people and reading their state"
    return (
        _read(c.IDENTIFY, people, ep.USERS, see, _USERS, also="user user_blocks"),
        _read(c.IDENTIFY, "a person's groups", ep.USER_GROUPS, see, _USERS, _GROUPS),
        _read(c.IDENTIFY, "a person's apps", ep.USER_APP_LINKS, see, _USERS),
        _read(c.LOCKOUTS, people, ep.USERS, see, _USERS, also="user"),
        _read(c.LOCKOUTS, "the System Log: what led to a lockout, and who is blocked", ep.LOGS, _SEE_LOG),
        _read(c.EXPIRY, people, ep.USERS, see, _USERS, also="user"),
        _read(
            c.EXPIRY,
            "the groups that password policies apply to",
            ep.GROUPS,
            see,
            _GROUPS,
            also="group_users",
        ),
        _read(c.EXPIRY, "the password policies: how long a password lives", ep.POLICIES, _SEE_POLICIES),
        _read(c.PROVISIONING, people, ep.USERS, see, _USERS, also="user"),
        _read(c.PROVISIONING, "the groups that bring software", ep.GROUPS, see, _GROUPS),
        _read(c.PROVISIONING, "the apps and who has them", ep.APPS, _SEE_APPS, "okta.apps.read"),
        _read(c.PASSWORDS, people, ep.USERS, see, _USERS, also="user"),
        _read(c.UNLOCK, people, ep.USERS, see, _USERS, also="user user_blocks"),
        _read(c.MFA, people, ep.USERS, see, _USERS, also="user"),
        _read(c.MFA, "a person's factors", ep.USER_FACTORS, _SEE_FACTORS, _USERS),
    )


# What changes are for, by the custom-role permissions that they take.
_FOR: Final = {
    ("okta.users.lifecycle.unlock",): "unlocking accounts",
    ("okta.users.lifecycle.clearSessions",): "signing people out",
    ("okta.users.lifecycle.activate",): "mailing the activation again",
    ("okta.users.credentials.resetPassword",): "resetting a password by link or mail",
    ("okta.users.credentials.expirePassword",): "expiring a password",
    ("okta.users.credentials.expirePassword", "okta.users.credentials.resetPassword"): "temporary passwords",
    ("okta.users.credentials.resetFactors",): "resetting factors",
    ("okta.groups.members.manage", "okta.users.groupMembership.manage"): "adding people to groups and removing them",
    ("okta.apps.assignment.manage", "okta.users.appAssignment.manage"): "assigning apps to people",
    ("okta.apps.assignment.manage", "okta.groups.appAssignment.manage"): "giving apps to groups",
}


def _writes() -> tuple[Need, ...]:
    """One need for all actions that take the same rights."""
    alike: dict[tuple[object, ...], list[Action]] = {}
    for action in ACTIONS.values():
        key = (action.capability, action.endpoint.scope, action.roles, action.permissions)
        alike.setdefault(key, []).append(action)
    return tuple(_need(actions) for actions in alike.values())


def _need(actions: list[Action]) -> Need:
    first = actions[0]
    return Need(
        first.capability,
        _FOR.get(first.permissions) or "the action “" + "”, “".join(action.title for action in actions) + "”",
        first.endpoint.scope or "",
        writes=True,
        roles=by_power(first.roles),
        permissions=first.permissions,
        resources=_resources(first.permissions),
        endpoints=tuple(dict.fromkeys(action.endpoint.id for action in actions)),
        extra=first.extra,
    )


# Whoever is helped has to be found.
_SEEING: Final = ep.USERS.scope or ""
NEEDS: Final[tuple[Need, ...]] = _reads() + _writes()


# What no capability decides on, since it is asked for before any is chosen or to tell what the credentials are worth.
SIGN_IN_AND_SETUP: Final = frozenset({
    ep.WELL_KNOWN.id,  # a public page: whether an address is an org, and which engine it runs
    ep.ORG.id,  # which org this is; nothing of people
    ep.ME.id,  # whose API token it is: the cheapest proof that it is taken
    ep.USER_ROLES.id,  # the admin roles of the token's own account
    ep.USER_ROLE_GROUPS.id,  # the groups that these are limited to
    ep.CLIENT_ROLES.id,  # the same of the service app
    ep.CLIENT_ROLE_GROUPS.id,
    ep.CLIENT_PRIVILEGES.id,  # whether the org makes each new service app a super admin, which the proof warns of
    ep.API_TOKENS.id,  # when the token ends and from where it may be used, which the proof warns of
})  # fmt: skip
# For a client without credentials.
PUBLIC_PAGES: Final = EndpointMap(always=frozenset({ep.WELL_KNOWN.id}))

# An action reads its person and their blocks before and after it.
_PERSON: Final = (ep.USER, ep.USER_BLOCKS)
# What a capability reads beside what its needs name. Most of it takes a scope that the needs ask for anyway; where it
# does not, an API token can read it, and a service app does without.
_ALSO_READ: Final[Mapping[Capability, tuple[Endpoint, ...]]] = {
    Capability.IDENTIFY: (*_PERSON, ep.USER_FACTORS),  # the card shows the factors
    Capability.LOCKOUTS: (*_PERSON, ep.GROUPS, ep.GROUP_USERS),  # the group of those who want no notices
    Capability.EXPIRY: (*_PERSON, ep.USER_GROUPS, ep.POLICY_RULES),  # which policy applies, and what it lets people do
    Capability.PROVISIONING: (
        *_PERSON,
        ep.USER_GROUPS,  # what they have already
        ep.USER_APP_LINKS,  # the same, where the apps themselves cannot be read
        ep.GROUP_APPS,  # what a group brings
        ep.GROUP_ROLES,  # whether it brings admin rights
        ep.GROUP_RULES,  # whether a rule fills it
        ep.APP,
        ep.APP_USER,
        ep.APP_GROUPS,
        ep.APP_GROUP,
    ),
    Capability.PASSWORDS: _PERSON,
    Capability.UNLOCK: _PERSON,
    Capability.MFA: _PERSON,
}


def _allowed_by(capability: Capability) -> frozenset[str]:
    """What a capability's needs name, what it reads beside that, and every call that a plan of its actions can hold."""
    named = {endpoint for need in NEEDS if need.capability is capability for endpoint in need.endpoints}
    also = {endpoint.id for endpoint in _ALSO_READ[capability]}
    sent = {one.id for action in ACTIONS.values() if action.capability is capability for one in action.endpoints}
    return frozenset(named | also | sent)


# Which of keydesk's calls each capability allows: what the guard holds a connector to.
ENDPOINT_MAP: Final = EndpointMap(SIGN_IN_AND_SETUP, {capability: _allowed_by(capability) for capability in Capability})


def needed(capabilities: Collection[Capability], mode: Mode) -> tuple[Need, ...]:
    """The needs of what is switched on; without the changes in read-only mode."""
    return tuple(
        need for need in NEEDS if need.capability in capabilities and not (need.writes and mode is Mode.READ_ONLY)
    )


def scopes(capabilities: Collection[Capability], mode: Mode) -> tuple[str, ...]:
    """The OAuth scopes that these choices need, sorted; in read-only mode only `.read` ones. Never empty.

    `okta.orgs.read` is among them although nothing fails without it: it names the org, so that nobody works in the
    wrong one, and shows nothing of people. `okta.factors.*` never is: factors hang on the users' scopes.
    """
    return tuple(sorted({_SEEING, ORG_SCOPE} | {need.scope for need in needed(capabilities, mode)}))


def holds(scopes: Collection[str], scope: str) -> bool:
    """Whether scopes hold one; a manage scope brings the matching read."""
    return scope in scopes or (scope.endswith(".read") and f"{scope.removesuffix('.read')}.manage" in scopes)


def purposes(capabilities: Collection[Capability], mode: Mode) -> dict[str, str]:
    """What each of the scopes is for, in words, by scope."""
    found: dict[str, list[str]] = {scope: [] for scope in scopes(capabilities, mode)}
    for need in needed(capabilities, mode):
        if need.what not in found[need.scope]:
            found[need.scope].append(need.what)
    found[ORG_SCOPE].append("showing which org this is")
    if not found[_SEEING]:
        found[_SEEING].append("finding people")
    return {scope: "; ".join(what) for scope, what in found.items()}


def preferred(roles: Iterable[str], *, limited: bool) -> tuple[str, ...]:
    """Standard roles, the least powerful first; with `limited`, those first that can be limited to groups."""
    return tuple(sorted(by_power(roles), key=lambda role: limited and role not in LIMITABLE))


def smallest_roles(needs: Iterable[Need], *, limited: bool = False) -> tuple[str, ...]:
    """Standard roles that together allow everything, with as little power as possible.

    No single standard role covers the product short of Super Administrator.

    Args:
        needs: What is to be allowed.
        limited: Whether roles that can be limited to chosen groups come first, so that only their members are seen.
    """
    needs = tuple(need for need in needs if not need.extra)
    choices = {need: preferred(need.roles, limited=limited) for need in needs}
    taken: list[str] = []
    # What few roles allow decides; what is left may then come for free.
    for need in sorted(needs, key=lambda need: -POWER.index(choices[need][0])):
        if not set(taken) & set(need.roles):
            taken.append(choices[need][0])
    for role in by_power(taken):
        rest = set(taken) - {role}
        if all(rest & set(need.roles) for need in needs):
            taken.remove(role)
    return by_power(taken)


def permissions(needs: Iterable[Need]) -> tuple[str, ...]:
    """The custom-role permissions that cover as much as a custom role can, sorted."""
    return tuple(sorted({permission for need in needs for permission in need.permissions}))


def role_words(roles: Iterable[str], *, last: str = "or") -> str:
    """Roles by their names in the Admin Console: `A, B or C`."""
    return listed((ROLE.get(role, role) for role in roles), last=last)


def listed(words: Iterable[str], *, last: str = "and") -> str:
    """Words as a sentence has them: `a, b and c`; empty for none."""
    found = list(words)
    return f" {last} ".join(filter(None, (", ".join(found[:-1]), found[-1]))) if found else ""
