"""What people can do without the help desk: whether their password policy allows it, and the steps to pass on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from msgspec import Struct, field

from tui.desk.actions.targets import read_or_none
from tui.desk.people.password_policies import KEPT_FOR, nested, order, password_policies
from tui.desk.people.providers import OUTSIDE
from tui.desk.text.links import web_link
from tui.desk.text.plain import plain
from tui.okta import endpoints as ep
from tui.okta.entitlements import PolicyRule
from tui.okta.errors import MissingRole, MissingScope, OktaError
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.desk.actions.grammar import Action
    from tui.desk.connectors.connector import OrgAddress
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.okta.client import OktaClient
    from tui.okta.entitlements import PasswordPolicy

RESET: Final = "selfServicePasswordReset"
_PIPELINES: Final = {"idx": True, "v1": False}


class SelfService(Struct, frozen=True):
    """What a person may do without the help desk, `None` where that is not known.

    Attributes:
        reset: Choose a new password after “Forgot password?”.
        unlock: Lift a lock by “Unlock account?”.
        change: Change a password that they know.
        source: Why it is so, or why it is not known, in a few words; harmless.
        identity_engine: Whether the org runs on Identity Engine; `None` where that is not known.
    """

    reset: bool | None = None
    unlock: bool | None = None
    change: bool | None = None
    source: str = ""
    identity_engine: bool | None = None


UNKNOWN: Final = SelfService()


class _Cached(Struct):
    """What was read with one client."""

    at: float
    rules: dict[str, tuple[PolicyRule, ...]] = field(default_factory=dict)
    identity_engine: bool | None = None


_CACHE: Final[WeakKeyDictionary[OktaClient, _Cached]] = WeakKeyDictionary()


async def self_service(session: Session, person: Person) -> SelfService:
    """Read what a person may do without the help desk. What cannot be read is `None`, and no error is raised.

    Policies are cached for some minutes per client, as is the error that a scope or a role is missing.
    """
    if person.user.provider_type in OUTSIDE:
        return SelfService(reset=False, unlock=False, change=False, source="their password is not Okta's")
    client = session.client
    if Capability.EXPIRY not in client.policy.capabilities:  # the connector has no scope for it either
        return SelfService(source="reading the password policies is switched off for this connector")
    engine = None
    try:
        cached, policies = await asyncio.gather(_read_cached(client), password_policies(client), return_exceptions=True)
        if isinstance(cached, BaseException):
            raise cached
        engine = cached.identity_engine
        if isinstance(policies, BaseException):
            raise policies
        groups = person.groups.value
        if groups is None:
            groups = await client.groups_of(person.user.id)
        candidates = policies.candidates(person.user, {group.id for group in groups})
        return await _from_policies(client, cached, person, candidates)
    except OktaError as error:
        return SelfService(source=_why(error), identity_engine=engine)


async def _read_cached(client: OktaClient) -> _Cached:
    now = client.clock.time()
    cached = _CACHE.get(client)
    if cached is None or not 0 <= now - cached.at < KEPT_FOR:
        org = await read_or_none(client.well_known())
        cached = _Cached(now, identity_engine=_PIPELINES.get(org.pipeline or "") if org else None)
        _CACHE[client] = cached
    return cached


async def _from_policies(
    client: OktaClient, cached: _Cached, person: Person, policies: Iterable[PasswordPolicy]
) -> SelfService:
    """Return what the first policy with a rule for this person allows."""
    for policy in policies:
        if policy.id not in cached.rules:
            path = {"policy": policy.id}
            rules_read = await client.all(ep.POLICY_RULES, PolicyRule, path, {"limit": "200"}, background=True)
            cached.rules[policy.id] = tuple(sorted(rules_read, key=lambda rule: order(rule.priority)))
        rules = [rule for rule in cached.rules[policy.id] if _applies(rule, person.user.id)]
        if not rules:
            continue
        names = (RESET, "selfServiceUnlock", "passwordChange")
        reset, unlock, change = (_access(rules, name) for name in names)
        source = f"password policy “{plain(policy.name or policy.id, limit=60)}”"
        unsure = None in {reset, unlock, change}
        if unsure and any(_is_deferred(rule, name) for rule in rules for name in names):
            source += "; what it allows is left to the Okta account management policy, which keydesk does not read"
        elif unsure:
            source += ", whose rules differ by network"
        return SelfService(reset, unlock, change, source, cached.identity_engine)
    whom = "them" if person.user.provider_type in {"OKTA", "IMPORT"} else "this directory"
    return SelfService(source=f"no password policy in Okta is for {whom}", identity_engine=cached.identity_engine)


def _applies(rule: PolicyRule, user_id: str) -> bool:
    excluded = nested(rule.conditions or {}, "people", "users", "exclude")
    return rule.status in {None, "ACTIVE"} and not (isinstance(excluded, list) and user_id in excluded)


def _access(rules: Iterable[PolicyRule], name: str) -> bool | None:
    """Return what the first rule allows.

    It is `None` where that rule is for some networks only and a later rule differs, and where the rule allows it as far
    as another policy does.
    """
    answers: set[bool | None] = set()
    for rule in rules:
        access = nested(rule.actions or {}, name, "access")
        allowed = {"ALLOW": True, "DENY": False}.get(access) if isinstance(access, str) else None
        answers.add(None if allowed and _is_deferred(rule, name) else allowed)
        if nested(rule.conditions or {}, "network", "connection") in {None, "ANYWHERE"}:
            return answers.pop() if len(answers) == 1 else None
    # All rules are for some networks only: from other networks none of them allows anything.
    return False if answers == {False} else None


def _is_deferred(rule: PolicyRule, name: str) -> bool:
    """Whether a rule leaves an operation to the Okta account management policy, which decides who has to prove what.

    Identity Engine says so once, at the reset, for all self-service operations (Okta: "Policies",
    `SsprRequirement.accessControl`: AUTH_POLICY, or LEGACY for what the rule itself says, as where it is absent).
    """
    controls = {nested(rule.actions or {}, where, "requirement", "accessControl") for where in (name, RESET)}
    return not controls <= {None, "LEGACY"}


def _why(error: OktaError) -> str:
    match error:
        case MissingScope():
            return f"keydesk lacks the scope {ep.POLICIES.scope} to read the password policies"
        case MissingRole():
            return "keydesk's admin role may not read the password policies"
        case _:
            return f"the password policies cannot be read: {plain(error.title)}"


# -- the steps


class Help(Struct, frozen=True):
    """One thing that people can do themselves.

    Attributes:
        what: The thing in words that follow “may”.
        steps: The steps, addressed to the person, with `{login}`, `{name}`, `{site}` and `{where}` to fill.
        needs: The field of `SelfService` that must not be `False`; empty where no policy decides.
        page: The org's page on which it begins (Okta support: "How to Add the Forgot Password Link on the First
            Sign-In Screen"); empty for none.
        says: The name of the link on the sign-in page.
    """

    what: str
    steps: tuple[str, ...]
    needs: str = ""
    page: str = ""
    says: str = ""


_ASKED: Final = "Follow what the page asks: a mail, a code or a second factor of your own."
FORGOTTEN: Final = Help(
    "choose a new password themselves",
    ("{where}", "Type {login} as the username.", _ASKED, "Choose a new password and sign in with it."),
    needs="reset",
    page="/signin/forgot-password",
    says="Forgot password?",
)
LOCKED: Final = Help(
    "unlock the account themselves",
    ("{where}", "Type {login} as the username.", _ASKED, "Sign in with the password that you have."),
    needs="unlock",
    page="/signin/unlock",
    says="Unlock account?",
)
KNOWN: Final = Help(
    "change the password themselves, if they know it",
    (
        "Sign in at {site} as {login}.",
        "Open your name at the top right, then Settings.",
        "Change the password under Change Password; Edit Profile may ask for it once more.",
    ),
    needs="change",
)
OLD: Final = Help(
    "go on with the old password, if they know it",
    ("Sign in at {site} as {login}, with the old password.", "Choose a new one when Okta asks for it."),
    needs="change",
)
BEGUN: Final = Help(
    "finish the reset that was begun",
    (
        "Look for the newest mail from Okta, also among junk, and open its link.",
        "Choose a new password and sign in with it as {login}.",
        "“Forgot password?” on the sign-in page does not work while a reset is open.",
    ),
)
INVITED: Final = Help(
    "finish the activation",
    (
        "Look for the newest activation mail from Okta, also among junk, and open its link.",
        "Choose a password; {login} is the username.",
    ),
)
ELSEWHERE: Final = Help(
    "sign in from a device that Okta knows",
    (
        "Sign in at {site} as {login} on a device and in a browser that you have used for it before.",
        "Wait some minutes before you try from the new one again.",
    ),
)
FACTORS: Final = Help(
    "manage their factors themselves, while they can sign in with one",
    (
        "Sign in at {site} as {login}, with a factor that works.",
        "Open your name at the top right, then Settings.",
        "Remove or set up what is listed under Security Methods (older orgs: Extra Verification).",
    ),
)
REQUEST: Final = Help(
    "ask for an app themselves, where the org lets them",
    ("Sign in at {site} as {login}.", "Choose Add apps on the dashboard, if it is there, and look for {app}."),
)

_RESET: Final = {
    "ACTIVE": FORGOTTEN,
    "PASSWORD_EXPIRED": OLD,
    "LOCKED_OUT": LOCKED,
    "RECOVERY": BEGUN,
    "PROVISIONED": INVITED,
}
_FACTOR: Final = {"ACTIVE": FACTORS}
# The help for each action by the state of the account; a device block counts as the state "BLOCKED".
HELPS: Final[Mapping[str, Mapping[str, Help]]] = {
    "unlock": {
        "LOCKED_OUT": LOCKED, "BLOCKED": ELSEWHERE, "ACTIVE": FORGOTTEN, "PASSWORD_EXPIRED": OLD, "RECOVERY": BEGUN,
        "PROVISIONED": INVITED,
    },
    "reset-password": _RESET,
    "reset-link": _RESET,
    "temp-password": _RESET,
    "expire-password": {"ACTIVE": KNOWN, "PASSWORD_EXPIRED": OLD, "RECOVERY": BEGUN, "PROVISIONED": INVITED},
    "resend-activation": {
        "PROVISIONED": INVITED, "ACTIVE": FORGOTTEN, "PASSWORD_EXPIRED": OLD, "RECOVERY": BEGUN, "LOCKED_OUT": LOCKED,
    },
    "remove-factor": _FACTOR,
    "reset-mfa": _FACTOR,
    "assign-app": {"ACTIVE": REQUEST},
}  # fmt: skip


class OwnSteps(Struct, frozen=True):
    """What a person can do without the help desk, to be passed on to them.

    Attributes:
        what: The thing in words that follow “may”.
        may: Whether the policy allows it; `None` where that is not known, or no policy decides.
        asked: Whether a policy decides.
        steps: The steps, addressed to the person, with `{name}`, `{login}` and `{app}` to fill.
        link: The page on which it begins; empty where that is not known.
    """

    what: str
    may: bool | None
    asked: bool
    steps: tuple[str, ...]
    link: str


def own_steps(action: Action, person: Person, org: OrgAddress, allowed: SelfService) -> OwnSteps | None:
    """Return what a person can do instead of an action; `None` for nothing.

    Args:
        action: The action that the agent wanted.
        person: The person.
        org: The org with the sign-in page; only a public address is linked to.
        allowed: What the password policy allows.
    """
    status = person.user.status or ""
    if action.also_blocked and person.blocked and status != "LOCKED_OUT":
        status = "BLOCKED"
    help_ = HELPS.get(action.id, {}).get(status)
    if help_ is None or (help_.needs and person.user.provider_type in OUTSIDE):
        return None
    may = getattr(allowed, help_.needs) if help_.needs else None
    site = web_link(org.origin) if org.origin.startswith("https://") else ""
    link = f"{site}{help_.page}" if site and help_.page else ""
    says = f"choose “{help_.says}”"
    if allowed.identity_engine is None:
        says += " (older pages have it under “Need help signing in?”)"
    elif not allowed.identity_engine:
        says = f"choose “Need help signing in?” and then “{help_.says}”"
    start = site or "the sign-in page of your org"
    where = f"Open {link}, or {start} and {says}." if link else f"Open {start} and {says}."
    steps = tuple(step.replace("{where}", where).replace("{site}", start) for step in help_.steps)
    return OwnSteps(help_.what, may, bool(help_.needs), steps, link)
