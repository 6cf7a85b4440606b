"""Every call that keydesk can make, as data: method, path template, scope, rate-limit bucket, query names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tui.okta.policy import READS, Call

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELD: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation of the Okta Management API.

    Attributes:
        id: keydesk's name for it.
        method: HTTP method, upper case.
        template: Path with `{names}` to fill.
        scope: The OAuth scope that it needs; `None` where none is.
        bucket: The rate-limit bucket that its answers' headers speak of (Okta: "Rate limits").
        query: The query parameters that it takes.
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
        """Fill the template.

        Args:
            path: One value for each `{name}`; percent-encoded here, so any login is safe.
            query: Parameters, in the order to be sent.
            body: JSON bytes.

        Raises:
            ValueError: A name is missing, unknown, empty, or can't be a path segment.
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


def segment(value: str) -> str:
    """Percent-encode one path segment; logins hold `@` and `+` (Okta: "Core Okta API", URL encoding)."""
    return quote(value, safe="")


_PAGED: Final = ("limit", "after")

WELL_KNOWN: Final = Endpoint("well_known", "GET", "/.well-known/okta-organization", None, "well-known")
ORG: Final = Endpoint("org", "GET", "/api/v1/org", "okta.orgs.read", "org")
# Not among ENDPOINTS: Okta's own pages have it ("Org Admin Settings"), the description that those are held against not.
CLIENT_PRIVILEGES: Final = Endpoint(
    "client_privileges", "GET", "/api/v1/org/settings/clientPrivilegesSetting", "okta.orgs.read", "org"
)
USERS: Final = Endpoint(
    "users", "GET", "/api/v1/users", "okta.users.read", "users", ("search", "q", *_PAGED, "sortBy", "sortOrder")
)
USER: Final = Endpoint("user", "GET", "/api/v1/users/{id}", "okta.users.read", "user", ("expand",))
USER_GROUPS: Final = Endpoint("user_groups", "GET", "/api/v1/users/{id}/groups", "okta.users.read", "user")
USER_APP_LINKS: Final = Endpoint("user_app_links", "GET", "/api/v1/users/{id}/appLinks", "okta.users.read", "user")
USER_BLOCKS: Final = Endpoint("user_blocks", "GET", "/api/v1/users/{id}/blocks", "okta.users.read", "user")
USER_FACTORS: Final = Endpoint("user_factors", "GET", "/api/v1/users/{id}/factors", "okta.users.read", "user")
LOGS: Final = Endpoint(
    "logs",
    "GET",
    "/api/v1/logs",
    "okta.logs.read",
    "logs",
    ("since", "until", "filter", "q", *_PAGED, "sortOrder"),
)
GROUPS: Final = Endpoint(
    "groups", "GET", "/api/v1/groups", "okta.groups.read", "groups", ("search", "filter", "q", *_PAGED)
)
APPS: Final = Endpoint("apps", "GET", "/api/v1/apps", "okta.apps.read", "apps", ("filter", "q", *_PAGED))
POLICIES: Final = Endpoint("policies", "GET", "/api/v1/policies", "okta.policies.read", "other", ("type", "limit"))
USER_ROLES: Final = Endpoint("user_roles", "GET", "/api/v1/users/{id}/roles", "okta.roles.read", "user")
USER_ROLE_GROUPS: Final = Endpoint(
    "user_role_groups", "GET", "/api/v1/users/{id}/roles/{role}/targets/groups", "okta.roles.read", "user", _PAGED
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
        LOGS,
        GROUPS,
        APPS,
        POLICIES,
        USER_ROLES,
        USER_ROLE_GROUPS,
        CLIENT_ROLES,
        CLIENT_ROLE_GROUPS,
        API_TOKENS,
        UNLOCK,
        CLEAR_SESSIONS,
    )
}
