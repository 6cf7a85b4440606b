"""What each capability needs of Okta, as data: scopes, standard roles, custom permissions, endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.actions.catalogue import ACTIONS
from tui.okta import endpoints as ep
from tui.okta.policy import Capability, EndpointMap, SoftwareBy, sends

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tui.desk.actions.grammar import Action
    from tui.okta.endpoints import Endpoint
    from tui.okta.policy import Mode

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
# What a connector that gives software by groups only never calls: all that takes a scope for apps, and the list of a
# group's apps. That list takes the scope for groups (Okta's OpenAPI description), but no page of Okta's says whether a
# custom role without rights on apps may read it. A person's dashboard takes the scope for users, and is not among them.
APP_ENDPOINTS: Final = frozenset(
    {endpoint.id for endpoint in ep.KNOWN.values() if (endpoint.scope or "").startswith("okta.apps.")}
    | {ep.GROUP_APPS.id}
)


class Need(Struct, frozen=True):
    """One part of a capability: one right at Okta.

    Attributes:
        capability: The capability that needs it.
        what: The purpose in words that follow “for”: `finding people`.
        scope: The OAuth scope.
        writes: Whether it changes something, so that a read-only connector does not need it.
        roles: Standard roles each of which is enough, the least powerful first.
        permissions: Custom-role permissions that together are enough; empty where none is known.
        resources: The kinds that a custom role's resource set must hold: `users`, `groups`, `apps`.
        endpoints: The ids of the endpoints that keydesk calls for it.
        extra: Whether it takes a more powerful role than the rest of the capability, and does not justify that role.
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

    @property
    def of_apps(self) -> bool:
        """Whether it is a right on apps, which a connector that gives software by groups only does not need."""
        return not APP_ENDPOINTS.isdisjoint(self.endpoints)


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
    """Return the standard roles, the least powerful first; those that keydesk does not know last."""
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
        _read(c.IDENTIFY, "the apps on a person's dashboard", ep.USER_APP_LINKS, see, _USERS),
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
        _read(c.VERIFICATION, people, ep.USERS, see, _USERS, also="user"),
        _read(
            c.VERIFICATION, "a caller's factors and answers", ep.USER_FACTORS, _SEE_FACTORS, _USERS, also="challenge"
        ),
        _read(c.SUSPENSION, people, ep.USERS, see, _USERS, also="user"),
        _read(c.ACCESS_CODES, people, ep.USERS, see, _USERS, also="user"),
        # No page of Okta's says which roles may read it: those that see the org's security settings are likely to.
        _read(
            c.ACCESS_CODES,
            "the kinds of factors that the org has, to find the access code",
            ep.AUTHENTICATORS,
            _SEE_POLICIES,
        ),
        # Nor does one say it of a person's devices, whose scope is that of people, or of their risk.
        _read(c.DEVICES, people, ep.USERS, see, _USERS, also="user"),
        _read(c.DEVICES, "a person's devices", ep.USER_DEVICES, see, _USERS),
        _read(c.RISK, people, ep.USERS, see, _USERS, also="user"),
        _read(c.RISK, "the risk level of people", ep.USER_RISK, _SEE_POLICIES),
    )


# What changes are for, by the custom-role permissions that they take.
_FOR: Final = {
    ("okta.users.lifecycle.unlock",): "unlocking accounts",
    ("okta.users.lifecycle.clearSessions",): "signing people out",
    ("okta.users.lifecycle.activate",): "mailing the activation again",
    ("okta.users.credentials.manageTemporaryAccessCode",): "temporary access codes",
    ("okta.users.lifecycle.suspend",): "suspending accounts",
    ("okta.users.lifecycle.unsuspend",): "ending a suspension",
    ("okta.devices.lifecycle.suspend",): "suspending devices",
    ("okta.devices.lifecycle.unsuspend",): "ending the suspension of devices",
    ("okta.devices.lifecycle.deactivate",): "deactivating devices",
    ("okta.users.credentials.resetPassword",): "resetting a password by link or mail",
    ("okta.users.credentials.expirePassword",): "expiring a password",
    ("okta.users.credentials.expirePassword", "okta.users.credentials.resetPassword"): "temporary passwords",
    ("okta.users.credentials.resetFactors",): "resetting factors",
    ("okta.groups.members.manage", "okta.users.groupMembership.manage"): "adding people to groups and removing them",
    ("okta.apps.assignment.manage", "okta.users.appAssignment.manage"): "assigning apps to people",
    ("okta.apps.assignment.manage", "okta.groups.appAssignment.manage"): "giving apps to groups",
}


def _writes() -> tuple[Need, ...]:
    """Return the needs of all changes: one need for the actions that take the same rights."""
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


# Every capability has to find the person first.
_PEOPLE_SCOPE: Final = ep.USERS.scope or ""
# A Help Desk Administrator may push and check Okta Verify's codes and texts; for the codes of other apps a Group
# Administrator was needed. Okta's description names no permission of custom roles for it.
_VERIFYING: Final = Need(
    Capability.VERIFICATION,
    "asking a caller's phone or app",
    ep.VERIFY_FACTOR.scope or "",
    writes=True,
    roles=by_power((HELP_DESK, GROUP, ORG, SUPER)),
    endpoints=(ep.VERIFY_FACTOR.id,),
)
# What goes with an action of a capability that is about something else.
_SIGNING_OUT: Final = tuple(
    Need(
        capability,
        "signing people out",
        ep.CLEAR_SESSIONS.scope or "",
        writes=True,
        roles=by_power((HELP_DESK, GROUP, ORG, SUPER)),
        permissions=("okta.users.lifecycle.clearSessions",),
        resources=("users",),
        endpoints=(ep.CLEAR_SESSIONS.id,),
    )
    for capability in (Capability.SUSPENSION, Capability.DEVICES)
)
NEEDS: Final[tuple[Need, ...]] = (*_reads(), *_writes(), *_SIGNING_OUT, _VERIFYING)


# Endpoints that need no capability: keydesk calls them before any is chosen, or to see what the credentials allow.
SIGN_IN_AND_SETUP: Final = frozenset({
    ep.WELL_KNOWN.id,  # a public page: whether an address is an org, and which engine it runs
    ep.ORG.id,  # which org this is; nothing of people
    ep.ME.id,  # whose API token it is: the cheapest proof that Okta accepts it
    ep.USER_ROLES.id,  # the admin roles of the token's own account
    ep.USER_ROLE_GROUPS.id,  # the groups that these are limited to
    ep.CLIENT_ROLES.id,  # the same of the service app
    ep.CLIENT_ROLE_GROUPS.id,
    ep.CLIENT_PRIVILEGES.id,  # whether the org makes each new service app a super admin, which the proof warns of
    ep.API_TOKENS.id,  # when the token ends and from where it may be used, which the proof warns of
})  # fmt: skip
# For a client without credentials.
PUBLIC_PAGES: Final = EndpointMap(always=frozenset({ep.WELL_KNOWN.id}))

# An action reads its person and their blocks before and after it, and marks them where they are an admin. The scope for
# roles is not asked for: whoever has no right to read them does without the mark.
_PERSON: Final = (ep.USER, ep.USER_BLOCKS, ep.ROLE_ASSIGNEES)
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
    Capability.VERIFICATION: (*_PERSON, ep.AUTHENTICATORS),  # whether the org has what the desk's rules ask for
    Capability.SUSPENSION: _PERSON,
    Capability.ACCESS_CODES: (*_PERSON, ep.ENROLLMENTS),  # whether they have a code now
    Capability.DEVICES: (*_PERSON, ep.USER_FACTORS),  # which factors go with a device
    Capability.RISK: _PERSON,
}


def _allowed_by(capability: Capability) -> frozenset[str]:
    """Return the endpoints of a capability: of its needs, of its other reads, and of every plan of its actions."""
    named = {endpoint for need in NEEDS if need.capability is capability for endpoint in need.endpoints}
    also = {endpoint.id for endpoint in _ALSO_READ[capability]}
    actions = [action for action in ACTIONS.values() if action.capability is capability]
    sent = {endpoint.id for action in actions for endpoint in action.endpoints}
    return frozenset(named | also | sent)


# The endpoints that each capability allows; the guard refuses all others.
ENDPOINT_MAP: Final = EndpointMap(
    SIGN_IN_AND_SETUP, {capability: _allowed_by(capability) for capability in Capability}, APP_ENDPOINTS
)
_ALL_WAYS: Final = SoftwareBy.GROUPS_AND_APPS


def needed(capabilities: Collection[Capability], mode: Mode, software_by: SoftwareBy = _ALL_WAYS) -> tuple[Need, ...]:
    """Return the needs of the choices of a connector.

    Args:
        capabilities: The capabilities that are switched on.
        mode: Read-only mode needs no right to change anything, verify-only mode the one that asks callers.
        software_by: What may be used to give people software; by groups only needs no right on apps.
    """
    return tuple(
        need
        for need in NEEDS
        if need.capability in capabilities
        and (not need.writes or any(sends(mode, endpoint) for endpoint in need.endpoints))
        and not (need.of_apps and software_by is SoftwareBy.GROUPS)
    )


def scopes(capabilities: Collection[Capability], mode: Mode, software_by: SoftwareBy = _ALL_WAYS) -> tuple[str, ...]:
    """Return the OAuth scopes that these choices need, sorted, never empty; in read-only mode only `.read` scopes.

    `okta.orgs.read` is among them although nothing fails without it: it names the org, so that nobody works in the
    wrong one, and shows nothing of people. `okta.factors.*` is never among them: Okta shows and resets factors by the
    scopes for users.
    """
    return tuple(sorted({_PEOPLE_SCOPE, ORG_SCOPE} | {need.scope for need in needed(capabilities, mode, software_by)}))


def holds(scopes: Collection[str], scope: str) -> bool:
    """Whether a scope is granted; a `.manage` scope includes the `.read` scope of the same name."""
    return scope in scopes or (scope.endswith(".read") and f"{scope.removesuffix('.read')}.manage" in scopes)


def purposes(capabilities: Collection[Capability], mode: Mode, software_by: SoftwareBy = _ALL_WAYS) -> dict[str, str]:
    """Return the purpose of each scope in words, by scope."""
    by_scope: dict[str, list[str]] = {scope: [] for scope in scopes(capabilities, mode, software_by)}
    for need in needed(capabilities, mode, software_by):
        if need.what not in by_scope[need.scope]:
            by_scope[need.scope].append(need.what)
    by_scope[ORG_SCOPE].append("showing which org this is")
    if not by_scope[_PEOPLE_SCOPE]:
        by_scope[_PEOPLE_SCOPE].append("finding people")
    return {scope: "; ".join(what) for scope, what in by_scope.items()}


def preferred(roles: Iterable[str], *, limited: bool) -> tuple[str, ...]:
    """Return the standard roles, the least powerful first; with `limited`, first those that take a limit to groups."""
    return tuple(sorted(by_power(roles), key=lambda role: limited and role not in LIMITABLE))


def smallest_roles(needs: Iterable[Need], *, limited: bool = False) -> tuple[str, ...]:
    """Return standard roles that together meet all needs, with as little power as possible.

    Short of Super Administrator, no single standard role covers the whole product.

    Args:
        needs: The needs to meet; those that are `extra` are left out.
        limited: Whether to prefer roles that can be limited to chosen groups, so that only their members are seen.
    """
    needs = tuple(need for need in needs if not need.extra)
    choices = {need: preferred(need.roles, limited=limited) for need in needs}
    taken: list[str] = []
    # First the needs that only powerful roles meet: these roles may meet other needs too.
    for need in sorted(needs, key=lambda need: -POWER.index(choices[need][0])):
        if not set(taken) & set(need.roles):
            taken.append(choices[need][0])
    for role in by_power(taken):
        rest = set(taken) - {role}
        if all(rest & set(need.roles) for need in needs):
            taken.remove(role)
    return by_power(taken)


def permissions(needs: Iterable[Need]) -> tuple[str, ...]:
    """Return the custom-role permissions that meet as many of the needs as a custom role can, sorted."""
    return tuple(sorted({permission for need in needs for permission in need.permissions}))


def role_words(roles: Iterable[str], *, last: str = "or") -> str:
    """Return roles by their names in the Admin Console: `A, B or C`."""
    return join_words((ROLE.get(role, role) for role in roles), last=last)


def join_words(words: Iterable[str], *, last: str = "and") -> str:
    """Return words as a sentence lists them: `a, b and c`; empty for none."""
    items = list(words)
    return f" {last} ".join(filter(None, (", ".join(items[:-1]), items[-1]))) if items else ""
