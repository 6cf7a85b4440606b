"""Judge the answers to a proof's reads: verdicts with their cures, and warnings. Pure; no I/O."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.actions import needs
from tui.desk.connectors.connector import SignInKind
from tui.desk.proof.probes import asks_callers, role_name
from tui.desk.proof.proof import CapabilityVerdict, Finding, Proof
from tui.desk.rules.org_factors import provable
from tui.desk.rules.rules import BadRules, check_rules
from tui.desk.text.okta_terms import CAPABILITY
from tui.desk.text.plain import plain
from tui.okta import endpoints as ep
from tui.okta.clock import instant
from tui.okta.errors import FeatureOff, MissingRole, MissingScope, NoScopes, NotAnOrg, NotFound, NotReached
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from tui.desk.actions.needs import Need
    from tui.desk.connectors.connector import Connector
    from tui.desk.proof.probes import Answers
    from tui.okta.errors import OktaError

# The worst first.
_WORST: Final = (
    CapabilityVerdict.FAILED,
    CapabilityVerdict.MISSING_SCOPE,
    CapabilityVerdict.MISSING_ROLE,
    CapabilityVerdict.NOT_IN_ORG,
    CapabilityVerdict.NOT_PROVABLE,
    CapabilityVerdict.WORKS,
)
_SCOPES_TAB: Final = "the app's “Okta API Scopes” tab (Applications > Applications)"
_NAME: Final = re.compile(r"okta\.[A-Za-z.]{1,60}")
_SOON: Final = timedelta(days=7)
_BESIDE: Final = {
    Capability.VERIFICATION: "A Help Desk Administrator may push and check Okta Verify's codes; for codes "
    "of other apps a Group Administrator was needed, as one desk has told.",
    Capability.DEVICES: "Which standard role may suspend or deactivate a device is not known below Organization "
    "Administrator; a custom role may, with Okta's permissions on the lifecycle of devices.",
}
"""What is known of a change beside its scope and role."""


class _Part(Struct, frozen=True):
    """One need with its verdict; the error and the missing scope where that says why."""

    need: Need
    verdict: CapabilityVerdict
    error: OktaError | None = None
    scope: str = ""


def judge(answers: Answers, connector: Connector, at: float) -> Proof:
    """Return the proof that follows from the answers.

    Args:
        answers: What the reads returned.
        connector: The connector whose proof this is.
        at: The time of the proof, seconds since the epoch.
    """
    parts = {
        capability: tuple(
            _part(need, answers) for need in needs.needed({capability}, connector.mode, connector.software_by)
        )
        for capability in Capability
        if capability in connector.capabilities
    }
    return Proof(
        connector.name,
        connector.org.origin,
        at,
        tuple(_finding(capability, parts.get(capability), answers, connector) for capability in Capability),
        tuple(_warnings(answers, connector, at)),
        () if answers.fatal else _denied(parts, connector),
        None if answers.granted is None else tuple(sorted(answers.granted)),
        tuple(answers.lines),
        connector.client_id,
        str(connector.mode),
        answers.dpop,
        plain(answers.fatal.title) if answers.fatal else "",
        _to_blame(answers.fatal),
        str(connector.software_by),
    )


def _to_blame(error: OktaError | None) -> str:
    """Return the wizard's field that is to blame for an error; a host that does not answer blames the address."""
    field = getattr(error, "field", "")
    return str(field) if field else "org" if isinstance(error, NotReached | NotAnOrg) else ""


def _part(need: Need, answers: Answers) -> _Part:
    if need.writes:
        return _inferred(need, answers)
    results = [answers.results[endpoint] for endpoint in need.endpoints if endpoint in answers.results]
    if not results:  # no read of its own: the read of people stands for it
        results = [answers.results[ep.USERS.id]] if ep.USERS.id in answers.results else []
    if not results:
        return _Part(need, CapabilityVerdict.NOT_PROVABLE)
    error = next((error for error in results if error is not None), None)
    match error:
        case None if ep.USER_FACTORS.id in need.endpoints and ep.USER_FACTORS.id not in answers.results:
            return _Part(need, CapabilityVerdict.NOT_PROVABLE)  # some who may see people may not see their factors
        case None:
            return _Part(need, CapabilityVerdict.WORKS)
        case MissingScope():
            return _Part(
                need,
                CapabilityVerdict.MISSING_SCOPE,
                error,
                error.scope if _NAME.fullmatch(error.scope) else need.scope,
            )
        case MissingRole():
            return _Part(need, CapabilityVerdict.MISSING_ROLE, error)
        case FeatureOff() | NotFound():
            return _Part(need, CapabilityVerdict.NOT_IN_ORG, error)
        case _:
            return _Part(need, CapabilityVerdict.FAILED, error)


def _inferred(need: Need, answers: Answers) -> _Part:
    """Judge a change, which a proof never tries: known scopes and roles show at least when Okta would refuse it."""
    if answers.granted is not None and not needs.holds(answers.granted, need.scope):
        return _Part(need, CapabilityVerdict.MISSING_SCOPE, scope=need.scope)
    if answers.roles is not None:
        held = {role.type for role in answers.roles}
        if not held & set(need.roles) and held <= set(needs.POWER):  # what a custom role allows is not known
            return _Part(need, CapabilityVerdict.MISSING_ROLE)
    return _Part(need, CapabilityVerdict.NOT_PROVABLE)


def _finding(
    capability: Capability, parts: tuple[_Part, ...] | None, answers: Answers, connector: Connector
) -> Finding:
    """Return the row of one capability: the worst verdict of its parts, why, and what an admin does about it.

    Args:
        capability: The capability.
        parts: Its needs, judged one by one; `None` where the capability is switched off.
        answers: What the reads returned.
        connector: The connector whose proof this is.
    """
    if parts is None:
        return Finding(capability, CapabilityVerdict.OFF)
    if answers.fatal is not None:
        return _fatal_finding(capability, parts, answers.fatal)
    parts = tuple(part for part in parts if not part.need.extra)  # its key is grey, and the capability is whole
    worst = min((part.verdict for part in parts), key=_WORST.index)
    worst_parts = [part for part in parts if part.verdict is worst]
    if worst is CapabilityVerdict.WORKS:
        return Finding(capability, worst)
    if worst is CapabilityVerdict.NOT_PROVABLE:
        reason = f"{_unproved(worst_parts, answers)} {_BESIDE.get(capability, '')}".rstrip()
        return Finding(capability, worst, reason)
    # A missing scope hides whether a role is missing too: the row names all that is known of both.
    scopes = tuple(dict.fromkeys(part.scope for part in parts if part.verdict is CapabilityVerdict.MISSING_SCOPE))
    without_role = _without_role(parts, answers)
    cures = (
        _grant(scopes) if scopes else "",
        _assign(without_role, connector) if without_role else "",
        _other_cure(capability, worst, worst_parts),
    )
    reason = _reason(worst, worst_parts, scopes)
    return Finding(capability, worst, reason, " ".join(filter(None, cures)), scopes, _would_do(without_role))


def _fatal_finding(capability: Capability, parts: tuple[_Part, ...], error: OktaError) -> Finding:
    """Return the row of a capability that could not be asked about, since signing in or reaching the org failed."""
    if not isinstance(error, NoScopes):
        return Finding(capability, CapabilityVerdict.FAILED, _sentence(error.title), plain(error.advice))
    scopes = tuple(dict.fromkeys(part.need.scope for part in parts))
    reason = "None of the scopes is granted."
    return Finding(capability, CapabilityVerdict.MISSING_SCOPE, reason, _grant(scopes), missing_scopes=scopes)


def _without_role(parts: tuple[_Part, ...], answers: Answers) -> list[Need]:
    """Return the needs for which an admin role is missing.

    Where keydesk cannot read its own roles, the changes are among them: a role that an admin assigns anyway should
    allow the changes too.
    """
    missing = [part.need for part in parts if part.verdict is CapabilityVerdict.MISSING_ROLE]
    if not missing or answers.roles is not None:
        return missing
    changes = [part for part in parts if part.need.writes and part.verdict is CapabilityVerdict.NOT_PROVABLE]
    return missing + [part.need for part in changes]


def _reason(worst: CapabilityVerdict, parts: list[_Part], scopes: tuple[str, ...]) -> str:
    """Return the reason for a capability's worst verdict, from the parts that have that verdict."""
    purposes = "; ".join(dict.fromkeys(part.need.what for part in parts))
    match worst:
        case CapabilityVerdict.MISSING_SCOPE:
            return f"It lacks {needs.join_words(scopes)}, for {purposes}."
        case CapabilityVerdict.MISSING_ROLE:
            return f"No admin role of keydesk's allows {purposes}."
        case CapabilityVerdict.NOT_IN_ORG:
            return f"The org does not have it: {purposes}."
        case _:
            error = _first_error(parts)
            return _sentence(error.title) if error else "It could not be asked."


def _other_cure(capability: Capability, worst: CapabilityVerdict, parts: list[_Part]) -> str:
    """Return what cures a verdict that neither a scope nor a role cures; empty for the other verdicts."""
    match worst:
        case CapabilityVerdict.NOT_IN_ORG:
            return f"Switch “{CAPABILITY[capability]}” off for this connector: keydesk connect --edit."
        case CapabilityVerdict.FAILED:
            error = _first_error(parts)
            return plain(error.advice) if error else "Ask again."
        case _:
            return ""


def _first_error(parts: list[_Part]) -> OktaError | None:
    return next((part.error for part in parts if part.error), None)


def _unproved(parts: list[_Part], answers: Answers) -> str:
    purposes = "; ".join(dict.fromkeys(part.need.what for part in parts if part.need.writes))
    if not purposes:
        return "Nothing there could be read that would tell."
    granted, held = answers.granted is not None, answers.roles is not None
    known = " and ".join(filter(None, ("the scope" if granted else "", "a role" if held else "")))
    there = f"{known.capitalize()} {'are' if granted and held else 'is'} there; only" if known else "Only"
    return f"Reading works. {there} doing it proves: {purposes}."


def _grant(scopes: tuple[str, ...]) -> str:
    return f"A super admin grants {needs.join_words(scopes)} on {_SCOPES_TAB}; then ask again."


def _would_do(lacking: list[Need]) -> tuple[str, ...]:
    """Return the standard roles each of which alone allows all that is lacking, the least powerful first."""
    if not lacking:
        return ()
    return needs.by_power(set.intersection(*(set(need.roles) for need in lacking)))


def _assign(lacking: list[Need], connector: Connector) -> str:
    """Return what an admin assigns where a role is missing: a further small role rather than one that allows all."""
    roles = needs.smallest_roles(lacking)
    more = _would_do(lacking)
    service = connector.kind is SignInKind.PRIVATE_KEY_JWT
    where = "the app's “Admin roles” tab" if service else "Security > Administrators, for the token's account"
    text = f"A super admin assigns {needs.role_words(roles, last='and')} on {where}"
    if others := [role for role in more if role not in roles]:
        text += f" ({needs.role_words(others)} would do too)"
    if all(need.permissions for need in lacking):
        text += f", or a custom role with {needs.join_words(needs.permissions(lacking))}"
    return f"{text}; then ask again."


def _sentence(title: str) -> str:
    return f"{plain(title)}."


def _denied(parts: dict[Capability, tuple[_Part, ...]], connector: Connector) -> tuple[tuple[str, str, str], ...]:
    """Return the endpoints that Okta would refuse: for each the id, a title and what an admin does about it."""
    refused: dict[str, tuple[str, str, str]] = {}
    for part in (part for capability_parts in parts.values() for part in capability_parts):
        match part.verdict:
            case CapabilityVerdict.MISSING_SCOPE:
                title, advice = f"keydesk lacks the scope {part.scope}", _grant((part.scope,))
            case CapabilityVerdict.MISSING_ROLE:
                title, advice = "keydesk's admin role does not allow this", _assign([part.need], connector)
            case CapabilityVerdict.NOT_IN_ORG:
                title, advice = "This org does not have that feature", "The rest of keydesk works without it."
            case _:
                continue
        for endpoint in part.need.endpoints:
            refused.setdefault(endpoint, (endpoint, title, advice))
    return tuple(refused.values())


def _warnings(answers: Answers, connector: Connector, at: float) -> list[tuple[str, str]]:
    if answers.fatal is not None:
        return []
    return [
        *_too_much(answers, connector),
        *_limited_roles(answers),
        *_expiring_token(answers, at),
        *_token_network(answers),
        *_rules_unmet(answers, connector),
    ]


def _too_much(answers: Answers, connector: Connector) -> list[tuple[str, str]]:
    """Return a warning for each right that is more than this connector needs."""
    warnings: list[tuple[str, str]] = []
    service = connector.kind is SignInKind.PRIVATE_KEY_JWT
    whose = "The service app" if service else "The token's account"
    where = "the app's “Admin roles” tab" if service else "Security > Administrators"
    roles = answers.roles or ()
    needed = needs.needed(connector.capabilities, connector.mode, connector.software_by)
    enough = needs.role_words(needs.smallest_roles(needed), last="and")
    instead = f"Assign {enough or needs.ROLE[needs.READ_ONLY]} instead, on {where}."
    if any(role.type == needs.SUPER for role in roles):
        warnings.append((f"{whose} is a super admin, which is more than keydesk needs", instead))
    # A service app's access token is narrowed by its scopes as well; an API token is not.
    strong = [role for role in roles if role.type not in needs.HARMLESS]
    if strong and connector.mode is Mode.READ_ONLY and not service:
        names = needs.role_words(map(role_name, strong), last="and")
        title = f"This connector is read-only, and its token could write: {names}"
        warnings.append((title, f"keydesk sends no change, but the token could be used elsewhere. {instead}"))
    if connector.mode is Mode.READ_ONLY and (writing := sorted(s for s in answers.granted or () if _writes(s))):
        warnings.append(
            (
                f"This connector is read-only, and its access token could write: {', '.join(writing)}",
                f"A super admin revokes them on {_SCOPES_TAB}.",
            )
        )
    if answers.makes_super:
        advice = (
            "Look at the app's “Admin roles” tab and take Super Administrator away; "
            "then switch “Public client app admins” off under Settings > Account."
        )
        warnings.append(("This org makes each new service app a super admin", advice))
    return warnings


def _writes(scope: str) -> bool:
    return scope.endswith(".manage")


def _limited_roles(answers: Answers) -> list[tuple[str, str]]:
    """Return a warning for each role that reaches the members of some groups only, and where keydesk sees nobody."""
    warnings = []
    for role in answers.roles or ():
        if names := answers.limits.get(role.id):
            some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004
            title = f"{needs.role_words((role_name(role),))} is limited to the groups {some}"
            warnings.append((title, "Nobody else is found or can be helped, unless another role reaches further."))
    if answers.nobody:
        advice = "Its admin role may be limited to groups without members; without people nothing of keydesk works."
        warnings.append(("Nobody is visible to keydesk", advice))
    return warnings


def _expiring_token(answers: Answers, at: float) -> list[tuple[str, str]]:
    """Return a warning where the API token ends within a week."""
    ends = instant(answers.token.expires_at) if answers.token else None
    left = ends - datetime.fromtimestamp(at, UTC) if ends else None
    if left is None or left > _SOON:
        return []
    days = max(0, left.days)
    advice = "Each use renews a token for 30 days; give keydesk a new one before that."
    return [(f"The API token ends in {days} day{'' if days == 1 else 's'}", advice)]


def _token_network(answers: Answers) -> list[tuple[str, str]]:
    """Return a warning where the API token may be used from any network."""
    network = answers.token.network if answers.token else None
    if network is None or network.connection != "ANYWHERE":
        return []
    advice = "Limit it to the network zone of your helpdesk, under Security > API > Tokens."
    return [("The API token may be used from anywhere", advice)]


def _rules_unmet(answers: Answers, connector: Connector) -> list[tuple[str, str]]:
    """Return a warning where nobody in this org can meet the desk's rules, or where that is not known and may be so."""
    rules = connector.rules
    if rules is None or not asks_callers(connector):
        return []
    can = None if answers.switched_on is None else provable(answers.switched_on)
    if can is None:
        if rules.attested and rules.attested_top:  # an agent may vouch, whatever the org has
            return []
        advice = (
            f"Only a factor proves a caller here, since attested or attested_top is empty. Read with "
            f"{ep.AUTHENTICATORS.scope} and a role that sees the org's security settings, keydesk could tell."
        )
        return [("Whether this org has the factors that the desk's rules ask for is not known", advice)]
    try:
        check_rules(rules, can)
    except BadRules as wrong:
        return [("Nobody in this org can meet the desk's rules", wrong.advice)]
    return []
