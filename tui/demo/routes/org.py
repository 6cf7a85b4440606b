"""The org itself and its well-known pages, which need no authentication and are not metered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.errors import not_found
from tui.demo.principals import ALL_SCOPES
from tui.demo.times import DAY, iso
from tui.demo.wire import Route, ok

if TYPE_CHECKING:
    from tui.demo.wire import Call, Json, Reply

DEFAULT_SERVER = "default"
_SIGNING = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]


def well_known_org(call: Call) -> Reply:
    """GET /.well-known/okta-organization: proves that a URL is an Okta org, and whether Identity Engine or Classic."""
    return ok(
        {
            "id": call.org.org_id,
            "cell": "op3",
            "_links": {
                "organization": {"href": call.base},
                **({"alternate": {"href": call.org.custom_domain}} if call.org.custom_domain else {}),
            },
            "pipeline": call.org.pipeline,
            "settings": {
                "analyticsCollectionEnabled": False,
                "bugReportingEnabled": True,
                "omEnabled": False,
                "pssoEnabled": False,
                "desktopMFAEnabled": False,
                "itpEnabled": False,
            },
        }
    )


def well_known_oauth(call: Call) -> Reply:
    """GET /.well-known/oauth-authorization-server: the org authorization server; the issuer has no path."""
    return ok(_metadata(call, call.base, f"{call.base}/oauth2", tuple(sorted(ALL_SCOPES))))


def well_known_custom(call: Call) -> Reply:
    """GET /oauth2/{authorizationServerId}/.well-known/oauth-authorization-server: ``default`` is the only one.

    It gives out tokens for other people's APIs; those for the org's own come from the org authorization server.
    """
    name = call.params["serverId"]
    if name != DEFAULT_SERVER:
        raise not_found(name, "AuthorizationServer")
    issuer = f"{call.base}/oauth2/{name}"
    return ok(_metadata(call, issuer, issuer, ()))


def _metadata(call: Call, issuer: str, under: str, scopes: tuple[str, ...]) -> Json:
    """Return what an authorization server says of itself."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{under}/v1/authorize",
        "token_endpoint": f"{under}/v1/token",
        "registration_endpoint": f"{call.base}/oauth2/v1/clients",
        "jwks_uri": f"{under}/v1/keys",
        "response_types_supported": ["code", "token", "id_token", "code id_token"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "profile", "email", "offline_access", *scopes],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": _SIGNING,
        "dpop_signing_alg_values_supported": _SIGNING,
        "introspection_endpoint": f"{under}/v1/introspect",
        "revocation_endpoint": f"{under}/v1/revoke",
        "code_challenge_methods_supported": ["S256"],
    }


def get_org(call: Call) -> Reply:
    """GET /api/v1/org: many of its values are null in a real org too."""
    rights.require(call.principal, "org.view")
    created = call.org.origin - 900 * DAY
    return ok(
        {
            "id": call.org.org_id,
            "subdomain": "acme",
            "companyName": "Acme",
            "status": "ACTIVE",
            "expiresAt": None,
            "created": iso(float(int(created))),
            "lastUpdated": iso(float(int(created))),
            "website": "https://acme.example",
            "phoneNumber": "+14155550100",
            "endUserSupportHelpURL": "",
            "supportPhoneNumber": "",
            "address1": None,
            "address2": None,
            "city": None,
            "state": None,
            "country": None,
            "postalCode": None,
            "_links": {
                "preferences": {"href": call.href("/api/v1/org/preferences")},
                "uploadLogo": {"href": call.href("/api/v1/org/logo"), "hints": {"allow": ["POST"]}},
                "oktaCommunication": {"href": call.href("/api/v1/org/privacy/oktaCommunication")},
                "oktaSupport": {"href": call.href("/api/v1/org/privacy/oktaSupport")},
                "contacts": {"href": call.href("/api/v1/org/contacts")},
            },
        }
    )


def client_privileges(call: Call) -> Reply:
    """GET /api/v1/org/settings/clientPrivilegesSetting: whether new service apps get the Super Admin role."""
    rights.require(call.principal, "roles.view")
    return ok({"clientPrivilegesSetting": True})


ROUTES = (
    Route("GET", "/.well-known/okta-organization", None, "other", well_known_org),
    Route("GET", "/.well-known/oauth-authorization-server", None, "other", well_known_oauth),
    Route("GET", "/oauth2/{serverId}/.well-known/oauth-authorization-server", None, "other", well_known_custom),
    Route("GET", "/api/v1/org/settings/clientPrivilegesSetting", "okta.orgs.read", "other", client_privileges),
    Route("GET", "/api/v1/org", "okta.orgs.read", "other", get_org),
)
