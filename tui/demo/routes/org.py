"""The org itself and its well-known pages, which need no authentication and are not metered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.admins.principals import ALL_SCOPES
from tui.demo.base.errors import not_found
from tui.demo.base.times import DAY, iso
from tui.demo.http.request import Route, ok

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response

DEFAULT_SERVER = "default"
_SIGNING = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]


def well_known_org(request: Request) -> Response:
    """GET /.well-known/okta-organization: proves that a URL is an Okta org, and whether Identity Engine or Classic."""
    return ok(
        {
            "id": request.org.org_id,
            "cell": "op3",
            "_links": {
                "organization": {"href": request.base},
                **({"alternate": {"href": request.org.custom_domain}} if request.org.custom_domain else {}),
            },
            "pipeline": request.org.pipeline,
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


def well_known_oauth(request: Request) -> Response:
    """GET /.well-known/oauth-authorization-server: the org authorization server; the issuer has no path."""
    return ok(_metadata(request, request.base, f"{request.base}/oauth2", tuple(sorted(ALL_SCOPES))))


def well_known_custom(request: Request) -> Response:
    """GET /oauth2/{authorizationServerId}/.well-known/oauth-authorization-server: ``default`` is the only one.

    It gives out tokens for other people's APIs; those for the org's own come from the org authorization server.
    """
    name = request.params["serverId"]
    if name != DEFAULT_SERVER:
        raise not_found(name, "AuthorizationServer")
    issuer = f"{request.base}/oauth2/{name}"
    return ok(_metadata(request, issuer, issuer, ()))


def _metadata(request: Request, issuer: str, under: str, scopes: tuple[str, ...]) -> Json:
    """Return what an authorization server says of itself."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{under}/v1/authorize",
        "token_endpoint": f"{under}/v1/token",
        "registration_endpoint": f"{request.base}/oauth2/v1/clients",
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


def get_org(request: Request) -> Response:
    """GET /api/v1/org: many of its values are null in a real org too."""
    rights.require(request.principal, "org.view")
    created = request.org.origin - 900 * DAY
    return ok(
        {
            "id": request.org.org_id,
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
                "preferences": {"href": request.href("/api/v1/org/preferences")},
                "uploadLogo": {"href": request.href("/api/v1/org/logo"), "hints": {"allow": ["POST"]}},
                "oktaCommunication": {"href": request.href("/api/v1/org/privacy/oktaCommunication")},
                "oktaSupport": {"href": request.href("/api/v1/org/privacy/oktaSupport")},
                "contacts": {"href": request.href("/api/v1/org/contacts")},
            },
        }
    )


def client_privileges(request: Request) -> Response:
    """GET /api/v1/org/settings/clientPrivilegesSetting: whether new service apps get the Super Admin role."""
    rights.require(request.principal, "roles.view")
    return ok({"clientPrivilegesSetting": True})


ROUTES = (
    Route("GET", "/.well-known/okta-organization", None, "other", well_known_org),
    Route("GET", "/.well-known/oauth-authorization-server", None, "other", well_known_oauth),
    Route("GET", "/oauth2/{serverId}/.well-known/oauth-authorization-server", None, "other", well_known_custom),
    Route("GET", "/api/v1/org/settings/clientPrivilegesSetting", "okta.orgs.read", "other", client_privileges),
    Route("GET", "/api/v1/org", "okta.orgs.read", "other", get_org),
)
