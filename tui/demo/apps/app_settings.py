"""What an app's settings and credentials hold, by sign-on mode: enough for the vendor's own models to accept them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.demo.base.json import Json

_SIGNING_KEY = "mZ0WA75JUqsqoGbOYjb6DhRChnhf7he26172nCIRzHo"
_SITE = "https://app.example"

_APP_SETTINGS: dict[str, Json] = {
    "BOOKMARK": {"requestIntegration": False, "url": _SITE},
    "BROWSER_PLUGIN": {
        "buttonField": "btn-login",
        "passwordField": "txt-box-password",
        "usernameField": "txt-box-username",
        "url": f"{_SITE}/login.html",
        "loginUrlRegex": None,
        "redirectUrl": None,
        "checkbox": None,
    },
    "WS_FEDERATION": {
        "siteURL": _SITE,
        "wReplyURL": f"{_SITE}/signin",
        "realm": "urn:federation:app",
        "nameIDFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        "audienceRestriction": "urn:federation:app",
        "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        "groupName": None,
        "groupValueFormat": "windowsDomainQualifiedName",
        "usernameAttribute": "username",
        "attributeStatements": None,
        "wReplyOverride": False,
        "groupFilter": None,
    },
}


def credentials(mode: str, app_id: str) -> Json:
    """Return the credentials object."""
    answer: Json = {
        "userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"},
        "signing": {"kid": _SIGNING_KEY} if mode in {"SAML_2_0", "OPENID_CONNECT"} else {},
    }
    if mode == "BROWSER_PLUGIN":
        answer = {"scheme": "EDIT_USERNAME_AND_PASSWORD", "revealPassword": False, **answer}
    elif mode == "OPENID_CONNECT":
        answer["oauthClient"] = {
            "autoKeyRotation": True,
            "client_id": app_id,
            "token_endpoint_auth_method": "none",
            "pkce_required": True,
        }
    return answer


def settings(mode: str) -> Json:
    """Return the settings object, with the nulls of the real one."""
    answer: Json = {
        "app": _APP_SETTINGS.get(mode, {}),
        "notifications": {"vpn": {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}},
        "manualProvisioning": False,
        "implicitAssignment": False,
        "notes": {"admin": None, "enduser": None},
    }
    if mode == "OPENID_CONNECT":
        answer["oauthClient"] = {
            "client_uri": None,
            "logo_uri": None,
            "redirect_uris": [f"{_SITE}/callback"],
            "response_types": ["code"],
            "grant_types": ["authorization_code"],
            "application_type": "browser",
            "consent_method": "TRUSTED",
            "issuer_mode": "DYNAMIC",
            "wildcard_redirect": "DISABLED",
        }
    return answer


def overlay(base: Json, written: Json) -> Json:
    """Return an object with what was written over it, key by key and level by level."""
    answer = dict(base)
    for key, value in written.items():
        known = answer.get(key)
        answer[key] = overlay(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return answer
