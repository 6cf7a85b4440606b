"""Who calls: API tokens with their owners, OAuth service apps with their scopes, and the admin roles of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from tui.demo.admins.grants import Grant

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids

Kind = Literal["SSWS", "OAUTH"]

READ_SCOPES = (
    "okta.users.read",
    "okta.groups.read",
    "okta.apps.read",
    "okta.logs.read",
    "okta.orgs.read",
    "okta.policies.read",
    "okta.authenticators.read",
    "okta.roles.read",
    "okta.apiTokens.read",
    "okta.principalRateLimits.read",
    "okta.factors.read",
    "okta.userRisk.read",
)
MANAGE_SCOPES = (
    "okta.users.manage",
    "okta.groups.manage",
    "okta.apps.manage",
    "okta.apiTokens.manage",
    "okta.factors.manage",
    "okta.devices.manage",
)
ALL_SCOPES = READ_SCOPES + MANAGE_SCOPES
# What an outside administration tool needs beyond them; keydesk never asks for these.
ADMIN_SCOPES = (
    "okta.roles.manage",
    "okta.policies.manage",
    "okta.principalRateLimits.manage",
    "okta.devices.read",
    "okta.logStreams.read",
    "okta.networkZones.read",
    "okta.schemas.manage",
    "okta.trustedOrigins.read",
    "okta.userTypes.read",
)

# What else can be granted in a real org, by the names between "okta." and ".read" or ".manage". Who asks for one
# of them is not granted it; a name that Okta does not know spoils a token request as a whole.
_OTHER_NAMES = (
    "agentPools",
    "appGrants",
    "authenticators",
    "authorizationServers",
    "behaviors",
    "brands",
    "captchas",
    "clients",
    "deviceAssurance",
    "devices",
    "domains",
    "emailDomains",
    "emailServers",
    "eventHooks",
    "events",
    "features",
    "groupRules",
    "identitySources",
    "idps",
    "inlineHooks",
    "linkedObjects",
    "logStreams",
    "networkZones",
    "oauthIntegrations",
    "orgs",
    "profileMappings",
    "pushProviders",
    "rateLimits",
    "realms",
    "realmAssignments",
    "reports",
    "riskEvents",
    "riskProviders",
    "schemas",
    "securityEventsProviders",
    "sessions",
    "templates",
    "threatInsights",
    "trustedOrigins",
    "uischemas",
    "userRisk",
    "userTypes",
)
KNOWN_SCOPES = frozenset(
    {*ALL_SCOPES, *ADMIN_SCOPES, *(f"okta.{name}.{how}" for name in _OTHER_NAMES for how in ("read", "manage"))}
)


class Account(NamedTuple):
    """One row of the table of principals; ``owner`` is a member of the cast or a service app's label."""

    name: str
    kind: Kind
    owner: str
    scopes: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    state: Literal["valid", "revoked", "expired", "zoned"] = "valid"
    algorithm: str = "ES256"
    dpop: bool = False
    whole: bool = False
    idle_days: int = 1


def _without(*missing: str) -> tuple[str, ...]:
    return tuple(scope for scope in ALL_SCOPES if scope not in missing)


MAIN = "keydesk"
BEARER = "keydesk-bearer"
GROUPS_ONLY = "keydesk-groups-only"
# No single standard role does it all.
DESK = tuple(Grant(role) for role in ("HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "APP_ADMIN", "READ_ONLY_ADMIN"))
# Everything that a custom role can hold for a desk; the System Log and policies are not among it.
DESK_PERMISSIONS = (
    "okta.users.read",
    "okta.users.lifecycle.unlock",
    "okta.users.lifecycle.clearSessions",
    "okta.users.credentials.resetPassword",
    "okta.users.credentials.expirePassword",
    "okta.users.credentials.resetFactors",
    "okta.users.groupMembership.manage",
    "okta.users.appAssignment.manage",
    "okta.groups.read",
    "okta.groups.members.manage",
    "okta.groups.appAssignment.manage",
    "okta.apps.read",
    "okta.apps.assignment.manage",
)
# Beside the desk's roles, none of which may suspend anybody or anything.
SUSPENDING = Grant(
    "CUSTOM",
    permissions=(
        *("okta.users.read", "okta.users.lifecycle.suspend", "okta.users.lifecycle.unsuspend"),
        *(f"okta.devices.lifecycle.{what}" for what in ("suspend", "unsuspend", "deactivate")),
    ),
    label="Suspending accounts and devices",
)
CUSTOM = Grant("CUSTOM", ("Support", "Sales"), DESK_PERMISSIONS)
# A desk that gives software by groups only: it sees people and groups, changes who is in a group, and nothing else.
BY_GROUPS = Grant(
    "CUSTOM",
    permissions=(
        "okta.users.read",
        "okta.users.groupMembership.manage",
        "okta.groups.read",
        "okta.groups.members.manage",
    ),
    label="Software by groups",
)
FEW_GROUPS = Grant("GROUP_MEMBERSHIP_ADMIN", ("Figma Editors", "Jira Users"))
TWO_APPS = Grant("APP_ADMIN", apps=("figma", "zoomus"))
FEW_SCOPES = ("okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read", "okta.orgs.read")

ACCOUNTS: tuple[Account, ...] = (
    Account("super", "SSWS", "maria.silva", grants=(Grant("SUPER_ADMIN"),)),
    Account("org", "SSWS", "omar.haddad", grants=(Grant("ORG_ADMIN"),)),
    Account("helpdesk", "SSWS", "nina.rossi", grants=(Grant("HELP_DESK_ADMIN"),)),
    Account("helpdesk-scoped", "SSWS", "pia.jensen", grants=(Grant("HELP_DESK_ADMIN", ("Support", "Sales")),)),
    Account("readonly", "SSWS", "quinn.baker", grants=(Grant("READ_ONLY_ADMIN"),)),
    Account("report", "SSWS", "rosa.mendez", grants=(Grant("REPORT_ADMIN"),)),
    Account("group-membership", "SSWS", "sven.olsen", grants=(Grant("GROUP_MEMBERSHIP_ADMIN"),)),
    Account("app", "SSWS", "tara.singh", grants=(Grant("APP_ADMIN"),)),
    Account("group", "SSWS", "uma.rao", grants=(Grant("USER_ADMIN"),)),
    Account("nobody", "SSWS", "bob.martin"),
    Account("revoked", "SSWS", "viktor.kovacs", state="revoked"),
    Account("service", "OAUTH", "Keydesk Service", ALL_SCOPES, (Grant("SUPER_ADMIN"),)),
    Account("service-readonly", "OAUTH", "Keydesk Read-only", READ_SCOPES, (Grant("READ_ONLY_ADMIN"),)),
    Account("service-nologs", "OAUTH", "Keydesk Without Logs", _without("okta.logs.read"), (Grant("SUPER_ADMIN"),)),
    Account(
        "service-helpdesk",
        "OAUTH",
        "Keydesk Help Desk",
        ("okta.users.read", "okta.users.manage", "okta.groups.read", "okta.logs.read"),
        (Grant("HELP_DESK_ADMIN"), Grant("REPORT_ADMIN")),
    ),
    Account("service-norole", "OAUTH", "Keydesk Without Roles", ALL_SCOPES),
    Account("service-expired", "OAUTH", "Keydesk Expired", ALL_SCOPES, (Grant("SUPER_ADMIN"),), state="expired"),
    # What the wizard's guide leads to: as new apps are, with DPoP; and the same without it.
    Account(MAIN, "OAUTH", "Keydesk", ALL_SCOPES, (*DESK, SUSPENDING), dpop=True),
    Account(BEARER, "OAUTH", "Keydesk Bearer", ALL_SCOPES, (*DESK, SUSPENDING), algorithm="RS256"),
    Account("keydesk-p384", "OAUTH", "Keydesk P-384", ALL_SCOPES, DESK, algorithm="ES384"),
    Account("keydesk-p521", "OAUTH", "Keydesk P-521", ALL_SCOPES, DESK, algorithm="ES512", dpop=True),
    Account("keydesk-few-scopes", "OAUTH", "Keydesk Few Scopes", FEW_SCOPES, DESK),
    Account("keydesk-all-or-none", "OAUTH", "Keydesk All or None", FEW_SCOPES, DESK, dpop=True, whole=True),
    Account("keydesk-no-scopes", "OAUTH", "Keydesk No Scopes", (), DESK),
    Account(
        "keydesk-limited", "OAUTH", "Keydesk Limited", ALL_SCOPES, (Grant("HELP_DESK_ADMIN", ("Support", "Sales")),)
    ),
    Account("keydesk-custom", "OAUTH", "Keydesk Custom Role", ALL_SCOPES, (CUSTOM,)),
    Account("zoned", "SSWS", "adam.brooks", grants=(Grant("SUPER_ADMIN"),), state="zoned"),
    Account("keydesk-inactive", "OAUTH", "Keydesk Inactive", ALL_SCOPES, DESK, state="revoked"),
    Account("keydesk-rsa-3072", "OAUTH", "Keydesk RSA 3072", ALL_SCOPES, DESK, algorithm="RS384", dpop=True),
    # A day is left until 30 days without use end it. No owner who sees the tokens has two: which is theirs stays plain.
    Account("idle", "SSWS", "nina.rossi", grants=(Grant("HELP_DESK_ADMIN"),), idle_days=29),
    Account("service-admin", "OAUTH", "Outside Administration", ALL_SCOPES + ADMIN_SCOPES, (Grant("SUPER_ADMIN"),)),
    Account("group-membership-scoped", "SSWS", "iris.blanc", grants=(FEW_GROUPS,)),
    Account("service-group-membership", "OAUTH", "Keydesk Group Membership", ALL_SCOPES, (FEW_GROUPS,)),
    Account("app-scoped", "SSWS", "viktor.kovacs", grants=(TWO_APPS,)),
    Account("service-app-scoped", "OAUTH", "Keydesk Two Apps", ALL_SCOPES, (TWO_APPS,)),
    Account("service-users-norole", "OAUTH", "Keydesk Users Without Roles", ("okta.users.read", "okta.users.manage")),
    # As the wizard's guide leads to it for a connector that gives software by groups only.
    Account(
        GROUPS_ONLY,
        "OAUTH",
        "Keydesk Software by Groups",
        ("okta.users.read", "okta.groups.read", "okta.groups.manage", "okta.orgs.read"),
        (BY_GROUPS,),
        dpop=True,
    ),
)
_NUMBER = {account.name: number for number, account in enumerate(ACCOUNTS)}
ACCOUNT_NAMES = tuple(account.name for account in ACCOUNTS)

# People who are admins without owning one of the tokens, directly or through a group, when the org begins.
OTHER_ADMINS: dict[str, tuple[Grant, ...]] = {"adam.brooks": (Grant("SUPER_ADMIN"),)}
GROUP_ADMINS: dict[str, tuple[Grant, ...]] = {"Service Desk Admins": (Grant("HELP_DESK_ADMIN"),)}


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller that the org knows.

    Attributes:
        identity: The API token's id (``00T…``) or the client id (``0oa…``).
        user_key: The owner's name in the cast; None for a service app.
        scopes: What a bearer token may; None for an API token, to which scopes do not apply.
        algorithm: Of a service app's key pair.
        dpop: Whether a service app has to prove possession, as new ones have.
        whole: Whether a token request is refused as a whole when one of its scopes is not granted.
        grants: The admin roles when the org began; ``Org.present`` brings them up to date.
        idle_days: For how many days an API token had not been used when the org began.
    """

    name: str
    kind: Kind
    label: str
    token: str
    identity: str
    user_key: str | None
    scopes: frozenset[str] | None
    grants: tuple[Grant, ...]
    state: str
    algorithm: str = "ES256"
    dpop: bool = False
    whole: bool = False
    idle_days: int = 1

    def has_scope(self, scope: str) -> bool:
        """Return whether a bearer token holds the scope; a manage scope implies the matching read."""
        if self.scopes is None or scope in self.scopes:
            return True
        return scope.endswith(".read") and f"{scope.removesuffix('.read')}.manage" in self.scopes

    def has_role(self, role: str) -> bool:
        """Return whether the principal holds the role, limited or not."""
        return any(grant.role == role for grant in self.grants)


def client_id(ids: Ids, name: str) -> str:
    """Return the client id of a service app."""
    return ids.make("0oa", 9000 + _NUMBER[name])


def make_principals(ids: Ids, app_algorithm: str = "") -> tuple[Principal, ...]:
    """Return every principal, with a token that depends only on the seed.

    Args:
        ids: The org's ids.
        app_algorithm: The algorithm of the keys of the two apps that an admin is handed; empty for their own.
    """
    made = []
    for number, account in enumerate(ACCOUNTS):
        human = account.kind == "SSWS"
        token = f"00{ids.secret(account.name)}" if human else f"eyJraWQiOiJkZW1v.{ids.secret(account.name, 80)}"
        made.append(
            Principal(
                account.name,
                account.kind,
                account.name if human else account.owner,
                token,
                ids.make("00T" if human else "0oa", 9000 + number),
                account.owner if human else None,
                None if human else frozenset(account.scopes),
                account.grants,
                account.state,
                (app_algorithm if account.name in {MAIN, BEARER} else "") or account.algorithm,
                account.dpop,
                account.whole,
                account.idle_days,
            )
        )
    return tuple(made)
