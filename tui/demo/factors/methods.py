"""The authenticators of an org of Identity Engine: what its people can enrol, on or off, with the settings of each.

Shapes as recorded from a real org; the temporary access code, which no recording shows, as the authenticator schemas of
Okta's official client library describe it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.times import DAY, iso
from tui.demo.factors.authenticators import authenticator_id, kind_of

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json

TAC = "tac"
PHONE = "phone_number"
SHORTEST, LONGEST, USUAL = 10, 1440, 60
"""For how many minutes a temporary access code can be valid, and is unless something else is asked for."""
TAC_LENGTH = 16


class ListedAuthenticator(NamedTuple):
    """One authenticator.

    Attributes:
        ways: The types of its methods, as Okta's table of authenticators lists them.
        settings: None where it has none.
        provider: Who stands behind it, for those that have one.
        listed: Whether a list holds it. Okta's description of the list knows no key for RSA SecurID and custom one-time
            passwords, and its client library refuses a whole list for one such entry.
    """

    key: str
    ways: tuple[str, ...]
    status: str = "ACTIVE"
    settings: Json | None = None
    provider: Json | None = None
    listed: bool = True


_VERIFY: Json = {
    "compliance": {"fips": "OPTIONAL"},
    "channelBinding": {"style": "NUMBER_CHALLENGE", "required": "NEVER"},
    "userVerification": "PREFERRED",
    "userVerificationMethods": ["BIOMETRICS", "PIN"],
    "appInstanceId": "",
}
_CODES: Json = {
    "type": "tac",
    "configuration": {
        "minTtl": SHORTEST,
        "maxTtl": LONGEST,
        "defaultTtl": USUAL,
        "length": TAC_LENGTH,
        "complexity": {"numbers": True, "letters": True, "specialCharacters": False},
        "multiUseAllowed": True,
    },
}
_NAMED = {"template": "global.assign.userName.login"}
METHODS: tuple[ListedAuthenticator, ...] = (
    ListedAuthenticator("okta_email", ("email",), settings={"allowedFor": "any", "tokenLifetimeInMinutes": 5}),
    ListedAuthenticator("okta_verify", ("push", "totp", "signed_nonce"), settings=_VERIFY),
    ListedAuthenticator("okta_password", ("password",)),
    ListedAuthenticator(PHONE, ("sms", "voice"), settings={"allowedFor": "any"}),
    ListedAuthenticator("webauthn", ("webauthn",)),
    ListedAuthenticator("security_question", ("security_question",), settings={"allowedFor": "any"}),
    ListedAuthenticator("google_otp", ("otp",)),
    ListedAuthenticator(
        "duo",
        ("duo",),
        provider={
            "type": "DUO",
            "configuration": {"host": "api-acme.duosecurity.com", "userNameTemplate": _NAMED},
        },
    ),
    ListedAuthenticator("symantec_vip", ("otp",)),
    ListedAuthenticator("yubikey_token", ("otp",)),
    ListedAuthenticator(TAC, ("tac",), provider=_CODES),
    ListedAuthenticator("rsa_token", ("otp",), listed=False),
    ListedAuthenticator("custom_otp", ("otp",), listed=False),
)


class Methods:
    """All authenticators of the org.

    Args:
        origin: When the org started, in seconds since 1970; they are older.
    """

    def __init__(self, ids: Ids, origin: float) -> None:
        self._ids = ids
        self._since = iso(float(int(origin)) - 900 * DAY)

    def find(self, identifier: str) -> ListedAuthenticator | None:
        """Return the authenticator with that id, or None."""
        return next((method for method in METHODS if authenticator_id(self._ids, method.key) == identifier), None)

    def show(self, method: ListedAuthenticator, base: str) -> Json:
        """Return the authenticator as it is answered; the password can't be switched off."""
        kind, identifier = kind_of(method.key), authenticator_id(self._ids, method.key)
        href = f"{base}/api/v1/authenticators/{identifier}"
        answer: Json = {
            "type": kind.type,
            "id": identifier,
            "key": method.key,
            "status": method.status,
            "name": kind.name,
            "created": self._since,
            "lastUpdated": self._since,
        }
        if method.settings is not None:
            answer["settings"] = method.settings
        if method.provider is not None:
            answer["provider"] = method.provider
        links: Json = {"self": {"href": href, "hints": {"allow": ["GET", "PUT"]}}}
        if method.key != "okta_password":
            switch = "deactivate" if method.status == "ACTIVE" else "activate"
            links[switch] = {"href": f"{href}/lifecycle/{switch}", "hints": {"allow": ["POST"]}}
        links["methods"] = {"href": f"{href}/methods", "hints": {"allow": ["GET"]}}
        if method.key == "okta_verify":
            links["enroll"] = {"href": f"{base}/idp/authenticators", "hints": {"allow": ["POST"]}}
        answer["_links"] = links
        return answer

    def show_ways(self, method: ListedAuthenticator, base: str) -> list[Json]:
        """Return the methods of an authenticator; their settings, which no recording shows, are left out."""
        href = f"{base}/api/v1/authenticators/{authenticator_id(self._ids, method.key)}/methods"
        return [
            {
                "type": way,
                "status": method.status,
                "_links": {"self": {"href": f"{href}/{way}", "hints": {"allow": ["GET", "PUT"]}}},
            }
            for way in method.ways
        ]
