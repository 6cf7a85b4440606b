"""The org's policies of the other types, each with its rules, as an org begins with them; read, never changed here.

Shapes as recorded from real orgs; what no recording shows (most rules) as the examples of Okta's policy API do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.times import DAY, iso

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json
    from tui.demo.groups.groups import Groups

EVERY_ENGINE = ("OKTA_SIGN_ON", "MFA_ENROLL", "IDP_DISCOVERY")
"""The types beside PASSWORD that Classic and Identity Engine have."""
IDENTITY_ENGINE = ("ACCESS_POLICY", "PROFILE_ENROLLMENT")
EMPTY = frozenset(
    {
        "ENTITY_RISK",
        "POST_AUTH_SESSION",
        "SESSION_VIOLATION_DETECTION",
        "DEVICE_SIGNAL_COLLECTION",
        "CLIENT_UPDATE",
        "IDENTITY_CLAIM_SOURCING",
    }
)
"""Types of Identity Engine that this org knows and has no policies of."""
_DEFAULT = "The default policy applies in all situations if no other policy applies."
_FIRST, _FIRST_RULE = 2_000_000, 3_000_000
_LAST = 99
_SIGNON: Json = {
    "access": "ALLOW",
    "requireFactor": False,
    "primaryFactor": "PASSWORD_IDP",
    "rememberDeviceByDefault": False,
    "session": {"usePersistentCookie": False, "maxSessionIdleMinutes": 120, "maxSessionLifetimeMinutes": 0},
}
_SEALED: Json = {**_SIGNON, "requireFactor": True, "factorPromptMode": "ALWAYS", "factorLifetime": 15}
_EVERYWHERE: Json = {"people": {"users": {"exclude": []}}, "network": {"connection": "ANYWHERE"}}


def _assured(factors: str, again: str) -> Json:
    method = {"factorMode": factors, "type": "ASSURANCE", "reauthenticateIn": again, "constraints": []}
    return {"appSignOn": {"access": "ALLOW", "verificationMethod": method}}


_ENROLLED: Json = {
    "profileEnrollment": {
        "access": "ALLOW",
        "preRegistrationInlineHooks": None,
        "profileAttributes": [
            {"name": name, "label": label, "required": True}
            for name, label in (("email", "Email"), ("firstName", "First name"), ("lastName", "Last name"))
        ],
        "targetGroupIds": None,
        "unknownUserAction": "DENY",
        "activationRequirements": {"emailVerification": True},
        "progressiveProfilingAction": "DISABLED",
    }
}
_ROUTED: Json = {
    "idp": {"providers": [{"type": "OKTA"}], "idpSelectionType": "SPECIFIC", "shouldFallBackToOkta": False}
}
_ROUTING: Json = {
    "network": {"connection": "ANYWHERE"},
    "platform": {"include": [], "exclude": []},
    "userIdentifier": {"patterns": []},
    "app": {"include": [], "exclude": []},
}


class StandingRule(NamedTuple):
    """One rule: its name, what it does and when it holds; rules of the system can't be deleted."""

    name: str
    actions: Json
    conditions: Json | None = None
    system: bool = True
    kind: str = ""


class StandingPolicy(NamedTuple):
    """One policy; a ``group`` makes it one for the members of that group.

    Attributes:
        priority: Counted from 1; app sign-in and user profile policies have no order and are all 1, as recorded.
        settings: None for the types that have none.
    """

    kind: str
    name: str
    description: str | None
    rules: tuple[StandingRule, ...]
    group: str = ""
    priority: int = 1
    system: bool = True
    settings: Json | None = None


def _enrolment(*, identity_engine: bool) -> Json:
    """Return the settings of authenticator enrolment, which a Classic org calls factors."""
    optional = ("okta_email", "okta_verify", "phone_number", "webauthn", "google_otp", "security_question")
    if identity_engine:
        wanted = [{"key": key, "enroll": {"self": "OPTIONAL"}} for key in optional]
        required = {"key": "okta_password", "enroll": {"self": "REQUIRED"}}
        return {"type": "AUTHENTICATORS", "authenticators": [*wanted, required]}
    asked = {"okta_otp": "OPTIONAL", "okta_push": "OPTIONAL", "okta_sms": "OPTIONAL", "okta_password": "REQUIRED"}
    return {"factors": {key: {"enroll": {"self": how}, "consent": {"type": "NONE"}} for key, how in asked.items()}}


def _first_policies(*, identity_engine: bool) -> tuple[StandingPolicy, ...]:
    access = {"authContext": {"authType": "ANY"}, **_EVERYWHERE}
    sealed = StandingRule("Admins always prove themselves", {"signon": _SEALED}, access, system=False, kind="SIGN_ON")
    default = StandingRule("Default Rule", {"signon": _SIGNON}, access, kind="SIGN_ON")
    routing = StandingRule("Default Rule", _ROUTED, _ROUTING)
    every = (
        StandingPolicy(
            "OKTA_SIGN_ON", "Admins", "Two factors at every sign-in", (sealed,), "Okta Administrators", system=False
        ),
        StandingPolicy("OKTA_SIGN_ON", "Default Policy", _DEFAULT, (default,), "Everyone", 2),
        StandingPolicy(
            "MFA_ENROLL",
            "Default Policy",
            _DEFAULT,
            (StandingRule("Default Rule", {"enroll": {"self": "CHALLENGE"}}, _EVERYWHERE),),
            "Everyone",
            settings=_enrolment(identity_engine=identity_engine),
        ),
        StandingPolicy("IDP_DISCOVERY", "Idp Discovery Policy", "The default IdP Discovery Policy", (routing,)),
    )
    if not identity_engine:
        return every
    console = (StandingRule("Catch-all Rule", _assured("2FA", "PT2H")),)
    two = (StandingRule("Catch-all Rule", _assured("2FA", "PT12H")),)
    own = StandingRule("Catch-all Rule", _ENROLLED)
    return (
        *every,
        StandingPolicy("ACCESS_POLICY", "Okta Admin Console", None, console, system=False),
        StandingPolicy("ACCESS_POLICY", "Any two factors", "Require two factors to access.", two),
        StandingPolicy("PROFILE_ENROLLMENT", "Default Policy", None, (own,)),
    )


class StandingPolicies:
    """The policies of every type but PASSWORD.

    Args:
        origin: When the org started, in seconds since 1970; the policies are older.
        identity_engine: Whether the org is one of Identity Engine; if not, it is a Classic one.
    """

    def __init__(self, ids: Ids, groups: Groups, origin: float, *, identity_engine: bool) -> None:
        self._ids, self._groups, self._since = ids, groups, iso(float(int(origin)) - 900 * DAY)
        self.identity_engine = identity_engine
        self.all = _first_policies(identity_engine=identity_engine)

    def known(self, kind: str) -> bool:
        """Return whether the org's engine has policies of a type, were there none of them."""
        return kind in EVERY_ENGINE or (self.identity_engine and kind in EMPTY.union(IDENTITY_ENGINE))

    def of_type(self, kind: str) -> list[StandingPolicy]:
        """Return the policies of a type, in their order."""
        return [policy for policy in self.all if policy.kind == kind]

    def _id(self, policy: StandingPolicy) -> str:
        prefix = "rst" if policy.kind in IDENTITY_ENGINE else "00p"
        return self._ids.make(prefix, _FIRST + self.all.index(policy))

    def find(self, identifier: str) -> StandingPolicy | None:
        """Return the policy with that id, or None."""
        return next((policy for policy in self.all if self._id(policy) == identifier), None)

    def show(self, policy: StandingPolicy, base: str) -> Json:
        """Return the policy object."""
        identifier = self._id(policy)
        href = f"{base}/api/v1/policies/{identifier}"
        conditions: Json | None = None
        if policy.group:
            conditions = {"people": {"groups": {"include": [self._groups.named(policy.group).id]}}}
        links = _links(href, ("GET", "PUT"), system=policy.system)
        links["rules"] = {"href": f"{href}/rules", "hints": {"allow": ["GET", "POST"]}}
        if policy.kind == "ACCESS_POLICY" and not policy.system:
            links["mappings"] = {"href": f"{href}/mappings", "hints": {"allow": ["GET", "POST"]}}
        return {
            "id": identifier,
            "status": "ACTIVE",
            "name": policy.name,
            **({} if policy.description is None else {"description": policy.description}),
            "priority": policy.priority,
            "system": policy.system,
            "conditions": conditions,
            "created": self._since,
            "lastUpdated": self._since,
            **({} if policy.settings is None else {"settings": policy.settings}),
            "_links": links,
            "type": policy.kind,
        }

    def show_rules(self, policy: StandingPolicy, base: str) -> list[Json]:
        """Return the rules of a policy, in their order."""
        at, identifier = self.all.index(policy), self._id(policy)
        prefix, last = ("rul", _LAST) if policy.kind in IDENTITY_ENGINE else ("0pr", 1)
        shown: list[Json] = []
        for number, rule in enumerate(policy.rules):
            own = self._ids.make(prefix, _FIRST_RULE + 100 * at + number)
            shown.append(
                {
                    "id": own,
                    "status": "ACTIVE",
                    "name": rule.name,
                    "priority": last if rule.system else number + 1,
                    "created": self._since,
                    "lastUpdated": self._since,
                    "system": rule.system,
                    "conditions": rule.conditions,
                    "actions": rule.actions,
                    "_links": _links(
                        f"{base}/api/v1/policies/{identifier}/rules/{own}", ("GET", "PUT"), system=rule.system
                    ),
                    "type": rule.kind or policy.kind,
                }
            )
        return shown


def _links(href: str, allow: tuple[str, ...], *, system: bool) -> Json:
    """Return the links of a policy or rule; those of the system can neither be deleted nor switched off."""
    if system:
        return {"self": {"href": href, "hints": {"allow": list(allow)}}}
    return {
        "self": {"href": href, "hints": {"allow": [*allow, "DELETE"]}},
        "deactivate": {"href": f"{href}/lifecycle/deactivate", "hints": {"allow": ["POST"]}},
    }
