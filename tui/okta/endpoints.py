"""Every call that keydesk can make, as data: method, path template, scope, rate-limit bucket, query names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from msgspec import Struct

from tui.okta.calls import READS, Call
from tui.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELD: Final = late_pattern(r"\{(\w+)\}")


class Endpoint(Struct, frozen=True):
    """One operation of the Okta Management API.

    Attributes:
        id: keydesk's name for it.
        method: HTTP method, upper case.
        template: The path, with `{names}` for values.
        scope: The OAuth scope that it requires; `None` for none.
        bucket: The rate-limit bucket to which the headers of its answers belong (Okta: "Rate limits").
        query: The names of its query parameters.
    """

    id: str
    method: str
    template: str
    scope: str | None
    bucket: str
    query: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it can change anything in Okta."""
        return self.method not in READS

    def call(
        self, path: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None, *, body: bytes = b""
    ) -> Call:
        """Return a call of this endpoint.

        Args:
            path: One value for each `{name}` of the template; it is percent-encoded here, so any login is safe.
            query: The query parameters, in the order in which they are sent.
            body: The bytes of the JSON body.

        Raises:
            ValueError: A name is missing or unknown, or a value is empty or cannot be a path segment.
        """
        path = path or {}
        names = set(_FIELD.findall(self.template))
        if names != set(path):
            raise ValueError(f"{self.id} takes {sorted(names)}, not {sorted(path)}")
        if unknown := set(query or ()) - set(self.query):
            raise ValueError(f"{self.id} has no parameter {sorted(unknown)}")
        for name, value in path.items():
            if not value or value in {".", ".."} or "/" in value or "\\" in value:
                raise ValueError(f"{name} cannot be {value!r}")
        target = _FIELD.sub(lambda match: segment(path[match[1]]), self.template)
        if query:
            target += "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        return Call(self.method, target, body)

    def path_values(self, call: Call) -> dict[str, str] | None:
        """Return the values of the template's names in a call; `None` where the call is not of this endpoint."""
        path, _, query = call.target.partition("?")
        pattern = _FIELD.sub(
            lambda match: f"(?P<{match[1]}>[^/]+)", re.escape(self.template).replace(r"\{", "{").replace(r"\}", "}")
        )
        match = re.fullmatch(pattern, path)
        names = {pair.partition("=")[0] for pair in query.split("&") if pair}
        if call.method != self.method or match is None or not names <= set(self.query):
            return None
        return {name: unquote(value) for name, value in match.groupdict().items()}


def segment(value: str) -> str:
    """Percent-encode one path segment; logins contain `@` and `+` (Okta: "Core Okta API", URL encoding)."""
    return quote(value, safe="")


_PAGED: Final = ("limit", "after")

WELL_KNOWN: Final = Endpoint("well_known", "GET", "/.well-known/okta-organization", None, "well-known")
ORG: Final = Endpoint("org", "GET", "/api/v1/org", "okta.orgs.read", "org")
# Not among ENDPOINTS, which a test compares with Okta's OpenAPI description: only Okta's pages have it ("Org Admin
# Settings").
CLIENT_PRIVILEGES: Final = Endpoint(
    "client_privileges", "GET", "/api/v1/org/settings/clientPrivilegesSetting", "okta.orgs.read", "org"
)
USERS: Final = Endpoint(
    "users", "GET", "/api/v1/users", "okta.users.read", "users", ("search", "q", *_PAGED, "sortBy", "sortOrder")
)
# Not among ENDPOINTS either: Okta describes `me` as a value of `{id}`. It reads keydesk's own account only.
ME: Final = Endpoint("me", "GET", "/api/v1/users/me", "okta.users.read", "user")
USER: Final = Endpoint("user", "GET", "/api/v1/users/{id}", "okta.users.read", "user", ("expand",))
USER_GROUPS: Final = Endpoint("user_groups", "GET", "/api/v1/users/{id}/groups", "okta.users.read", "user")
USER_APP_LINKS: Final = Endpoint("user_app_links", "GET", "/api/v1/users/{id}/appLinks", "okta.users.read", "user")
USER_BLOCKS: Final = Endpoint("user_blocks", "GET", "/api/v1/users/{id}/blocks", "okta.users.read", "user")
USER_FACTORS: Final = Endpoint("user_factors", "GET", "/api/v1/users/{id}/factors", "okta.users.read", "user")
ENROLLMENTS: Final = Endpoint(
    "enrollments", "GET", "/api/v1/users/{id}/authenticator-enrollments", "okta.users.read", "user"
)
LOGS: Final = Endpoint(
    "logs",
    "GET",
    "/api/v1/logs",
    "okta.logs.read",
    "logs",
    ("since", "until", "filter", "q", *_PAGED, "sortOrder"),
)
GROUPS: Final = Endpoint(
    "groups", "GET", "/api/v1/groups", "okta.groups.read", "groups", ("search", "filter", "q", "expand", *_PAGED)
)
GROUP_USERS: Final = Endpoint("group_users", "GET", "/api/v1/groups/{group}/users", "okta.groups.read", "group", _PAGED)
GROUP_APPS: Final = Endpoint("group_apps", "GET", "/api/v1/groups/{group}/apps", "okta.groups.read", "group", _PAGED)
GROUP_ROLES: Final = Endpoint("group_roles", "GET", "/api/v1/groups/{group}/roles", "okta.roles.read", "group")
GROUP_RULES: Final = Endpoint(
    "group_rules", "GET", "/api/v1/groups/rules", "okta.groups.read", "groups", ("search", "expand", *_PAGED)
)
APPS: Final = Endpoint("apps", "GET", "/api/v1/apps", "okta.apps.read", "apps", ("filter", "q", "expand", *_PAGED))
APP: Final = Endpoint("app", "GET", "/api/v1/apps/{app}", "okta.apps.read", "app")
APP_USER: Final = Endpoint("app_user", "GET", "/api/v1/apps/{app}/users/{id}", "okta.apps.read", "apps")
APP_GROUPS: Final = Endpoint("app_groups", "GET", "/api/v1/apps/{app}/groups", "okta.apps.read", "apps", _PAGED)
APP_GROUP: Final = Endpoint("app_group", "GET", "/api/v1/apps/{app}/groups/{group}", "okta.apps.read", "apps")
POLICY_RULES: Final = Endpoint(
    "policy_rules", "GET", "/api/v1/policies/{policy}/rules", "okta.policies.read", "other", ("limit",)
)
POLICIES: Final = Endpoint("policies", "GET", "/api/v1/policies", "okta.policies.read", "other", ("type", "limit"))
USER_ROLES: Final = Endpoint("user_roles", "GET", "/api/v1/users/{id}/roles", "okta.roles.read", "user")
USER_ROLE_GROUPS: Final = Endpoint(
    "user_role_groups", "GET", "/api/v1/users/{id}/roles/{role}/targets/groups", "okta.roles.read", "user", _PAGED
)
ROLE_ASSIGNEES: Final = Endpoint(
    "role_assignees", "GET", "/api/v1/iam/assignees/users", "okta.roles.read", "other", _PAGED
)
CLIENT_ROLES: Final = Endpoint("client_roles", "GET", "/oauth2/v1/clients/{id}/roles", "okta.roles.read", "other")
CLIENT_ROLE_GROUPS: Final = Endpoint(
    "client_role_groups",
    "GET",
    "/oauth2/v1/clients/{id}/roles/{role}/targets/groups",
    "okta.roles.read",
    "other",
    _PAGED,
)
API_TOKENS: Final = Endpoint("api_tokens", "GET", "/api/v1/api-tokens", "okta.apiTokens.read", "token")
UNLOCK: Final = Endpoint("unlock", "POST", "/api/v1/users/{id}/lifecycle/unlock", "okta.users.manage", "lifecycle")
CLEAR_SESSIONS: Final = Endpoint(
    "clear_sessions",
    "DELETE",
    "/api/v1/users/{id}/sessions",
    "okta.users.manage",
    "lifecycle",
    ("oauthTokens", "forgetDevices"),
)
RESET_PASSWORD: Final = Endpoint(
    "reset_password",
    "POST",
    "/api/v1/users/{id}/lifecycle/reset_password",
    "okta.users.manage",
    "lifecycle",
    ("sendEmail", "revokeSessions"),
)
EXPIRE_PASSWORD: Final = Endpoint(
    "expire_password", "POST", "/api/v1/users/{id}/lifecycle/expire_password", "okta.users.manage", "lifecycle"
)
TEMP_PASSWORD: Final = Endpoint(
    "temp_password",
    "POST",
    "/api/v1/users/{id}/lifecycle/expire_password_with_temp_password",
    "okta.users.manage",
    "lifecycle",
    ("revokeSessions",),
)
REACTIVATE: Final = Endpoint(
    "reactivate", "POST", "/api/v1/users/{id}/lifecycle/reactivate", "okta.users.manage", "lifecycle", ("sendEmail",)
)
SUSPEND: Final = Endpoint("suspend", "POST", "/api/v1/users/{id}/lifecycle/suspend", "okta.users.manage", "lifecycle")
UNSUSPEND: Final = Endpoint(
    "unsuspend", "POST", "/api/v1/users/{id}/lifecycle/unsuspend", "okta.users.manage", "lifecycle"
)
RESET_FACTORS: Final = Endpoint(
    "reset_factors", "POST", "/api/v1/users/{id}/lifecycle/reset_factors", "okta.users.manage", "lifecycle"
)
REMOVE_FACTOR: Final = Endpoint(
    "remove_factor",
    "DELETE",
    "/api/v1/users/{id}/factors/{factor}",
    "okta.users.manage",
    "lifecycle",
    ("removeRecoveryEnrollment",),
)
REMOVE_ENROLLMENT: Final = Endpoint(
    "remove_enrollment",
    "DELETE",
    "/api/v1/users/{id}/authenticator-enrollments/{enrollment}",
    "okta.users.manage",
    "lifecycle",
)
ADD_MEMBER: Final = Endpoint("add_member", "PUT", "/api/v1/groups/{group}/users/{id}", "okta.groups.manage", "group")
REMOVE_MEMBER: Final = Endpoint(
    "remove_member", "DELETE", "/api/v1/groups/{group}/users/{id}", "okta.groups.manage", "group"
)
ASSIGN_APP: Final = Endpoint("assign_app", "POST", "/api/v1/apps/{app}/users", "okta.apps.manage", "apps")
UNASSIGN_APP: Final = Endpoint(
    "unassign_app", "DELETE", "/api/v1/apps/{app}/users/{id}", "okta.apps.manage", "apps", ("sendEmail",)
)
ASSIGN_APP_GROUP: Final = Endpoint(
    "assign_app_group", "PUT", "/api/v1/apps/{app}/groups/{group}", "okta.apps.manage", "apps"
)

# Not among ENDPOINTS: the part of Okta's description that a test compares them with leaves factors' verification out.
VERIFY_FACTOR: Final = Endpoint(
    "verify_factor",
    "POST",
    "/api/v1/users/{id}/factors/{factor}/verify",
    "okta.users.manage",
    "user",
    ("tokenLifetimeSeconds",),
)
# Not among ENDPOINTS for the same reason.
AUTHENTICATORS: Final = Endpoint("authenticators", "GET", "/api/v1/authenticators", "okta.authenticators.read", "other")
MAKE_CODE: Final = Endpoint(
    "make_code", "POST", "/api/v1/users/{id}/authenticator-enrollments/tac", "okta.users.manage", "lifecycle"
)
USER_DEVICES: Final = Endpoint("user_devices", "GET", "/api/v1/users/{id}/devices", "okta.users.read", "user")
SUSPEND_DEVICE: Final = Endpoint(
    "suspend_device", "POST", "/api/v1/devices/{device}/lifecycle/suspend", "okta.devices.manage", "other"
)
UNSUSPEND_DEVICE: Final = Endpoint(
    "unsuspend_device", "POST", "/api/v1/devices/{device}/lifecycle/unsuspend", "okta.devices.manage", "other"
)
DEACTIVATE_DEVICE: Final = Endpoint(
    "deactivate_device", "POST", "/api/v1/devices/{device}/lifecycle/deactivate", "okta.devices.manage", "other"
)
USER_RISK: Final = Endpoint("user_risk", "GET", "/api/v1/users/{id}/risk", "okta.userRisk.read", "user")
# Okta's own link leads here; keydesk never builds it.
CHALLENGE: Final = Endpoint(
    "challenge", "GET", "/api/v1/users/{id}/factors/{factor}/transactions/{transaction}", "okta.users.read", "user"
)

ENDPOINTS: Final[Mapping[str, Endpoint]] = {
    endpoint.id: endpoint
    for endpoint in (
        WELL_KNOWN,
        ORG,
        USERS,
        USER,
        USER_GROUPS,
        USER_APP_LINKS,
        USER_BLOCKS,
        USER_FACTORS,
        ENROLLMENTS,
        LOGS,
        GROUPS,
        GROUP_USERS,
        GROUP_APPS,
        GROUP_ROLES,
        GROUP_RULES,
        APPS,
        APP,
        APP_USER,
        APP_GROUPS,
        APP_GROUP,
        POLICY_RULES,
        POLICIES,
        USER_ROLES,
        USER_ROLE_GROUPS,
        ROLE_ASSIGNEES,
        CLIENT_ROLES,
        CLIENT_ROLE_GROUPS,
        API_TOKENS,
        UNLOCK,
        CLEAR_SESSIONS,
        RESET_PASSWORD,
        EXPIRE_PASSWORD,
        TEMP_PASSWORD,
        REACTIVATE,
        SUSPEND,
        UNSUSPEND,
        RESET_FACTORS,
        REMOVE_FACTOR,
        REMOVE_ENROLLMENT,
        ADD_MEMBER,
        REMOVE_MEMBER,
        ASSIGN_APP,
        UNASSIGN_APP,
        ASSIGN_APP_GROUP,
    )
}
# All endpoints that the guard knows; it refuses every other call.
KNOWN: Final[Mapping[str, Endpoint]] = {
    **ENDPOINTS,
    **{
        endpoint.id: endpoint
        for endpoint in (
            *(CLIENT_PRIVILEGES, ME, VERIFY_FACTOR, AUTHENTICATORS, MAKE_CODE, CHALLENGE),
            *(USER_DEVICES, SUSPEND_DEVICE, UNSUSPEND_DEVICE, DEACTIVATE_DEVICE, USER_RISK),
        )
    },
}


def _shapes() -> Mapping[tuple[str, int], tuple[tuple[re.Pattern[str], Endpoint], ...]]:
    """Return the templates by method and number of segments, as patterns; those with fewer `{names}` come first."""
    by_shape: dict[tuple[str, int], list[tuple[re.Pattern[str], Endpoint]]] = {}
    for endpoint in sorted(KNOWN.values(), key=lambda endpoint: endpoint.template.count("{")):
        parts = endpoint.template.split("/")
        pattern = late_pattern("/".join("([^/]+)" if _FIELD.fullmatch(part) else re.escape(part) for part in parts))
        by_shape.setdefault((endpoint.method, len(parts)), []).append((pattern, endpoint))
    return {shape: tuple(patterns) for shape, patterns in by_shape.items()}


_SHAPES: Final = _shapes()


def endpoint_of(call: Call) -> Endpoint | None:
    """Return the endpoint of a call, by its method and path; `None` where no endpoint of keydesk matches.

    HEAD counts as GET. Where two templates match, the one with fewer `{names}` counts: `users/me`, not `users/{id}`.
    A value must be encoded as by `segment`, so that no other spelling of a path passes for an endpoint.
    """
    path = call.target.partition("?")[0]
    method = "GET" if call.method == "HEAD" else call.method
    for pattern, endpoint in _SHAPES.get((method, path.count("/") + 1), ()):
        if match := pattern.fullmatch(path):
            return endpoint if all(segment(unquote(value)) == value for value in match.groups()) else None
    return None
