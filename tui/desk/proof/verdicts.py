"""From what the reads of a proof came back with to verdicts, cures and warnings. Pure; no I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tui.desk.actions import needs
from tui.desk.connectors.connector import SignInKind
from tui.desk.proof.probes import role_name
from tui.desk.proof.proof import CapabilityVerdict, Finding, Proof
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


@dataclass(frozen=True, slots=True)
class _Part:
    """One need, judged."""

    need: Need
    verdict: CapabilityVerdict
    error: OktaError | None = None
    scope: str = ""


def judge(answers: Answers, connector: Connector, at: float) -> Proof:
    """Make the proof of what came of the reads.

    Args:
        answers: What came of them.
        connector: Whose proof it is.
        at: When, seconds since the epoch.
    """
    parts = {
        capability: tuple(_part(need, answers) for need in needs.needed({capability}, connector.mode))
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
    )


def _to_blame(error: OktaError | None) -> str:
    """The input that is to blame, as the form names it; an address that does not answer is the org's."""
    field = getattr(error, "field", "")
    return str(field) if field else "org" if isinstance(error, NotReached | NotAnOrg) else ""


def _part(need: Need, answers: Answers) -> _Part:
    if need.writes:
        return _inferred(need, answers)
    asked = [answers.came[endpoint] for endpoint in need.endpoints if endpoint in answers.came]
    if not asked:  # not asked for by itself: what can be read of people stands for it
        asked = [answers.came[ep.USERS.id]] if ep.USERS.id in answers.came else []
    if not asked:
        return _Part(need, CapabilityVerdict.NOT_PROVABLE)
    error = next((error for error in asked if error is not None), None)
    match error:
        case None if ep.USER_FACTORS.id in need.endpoints and ep.USER_FACTORS.id not in answers.came:
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
    """A change cannot be tried; what is known of scopes and roles tells at least when it would be refused."""
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
    if parts is None:
        return Finding(capability, CapabilityVerdict.OFF)
    if isinstance(answers.fatal, NoScopes):
        lacking = tuple(dict.fromkeys(part.need.scope for part in parts))
        return Finding(
            capability,
            CapabilityVerdict.MISSING_SCOPE,
            "None of the scopes is granted.",
            _grant(lacking),
            missing_scopes=lacking,
        )
    if answers.fatal is not None:
        return Finding(
            capability, CapabilityVerdict.FAILED, _sentence(answers.fatal.title), plain(answers.fatal.advice)
        )
    parts = tuple(part for part in parts if not part.need.extra)  # its key is grey, and the capability is whole
    worst = min((part.verdict for part in parts), key=_WORST.index)
    found = [part for part in parts if part.verdict is worst]
    # A scope that lacks hides whether a role does too; what is known of both is told at once.
    scopes = tuple(dict.fromkeys(part.scope for part in parts if part.verdict is CapabilityVerdict.MISSING_SCOPE))
    short = [part.need for part in parts if part.verdict is CapabilityVerdict.MISSING_ROLE]
    what = "; ".join(dict.fromkeys(part.need.what for part in found))
    cures = [_grant(scopes)] if scopes else []
    if short and answers.roles is None:  # a role that also changes, since which there are cannot be read
        short += [part.need for part in parts if part.need.writes and part.verdict is CapabilityVerdict.NOT_PROVABLE]
    cures += [_assign(short, connector)] if short else []
    match worst:
        case CapabilityVerdict.WORKS:
            return Finding(capability, worst)
        case CapabilityVerdict.NOT_PROVABLE:
            return Finding(capability, worst, _unproved(found, answers))
        case CapabilityVerdict.MISSING_SCOPE:
            reason = f"It lacks {needs.listed(scopes)}, for {what}."
        case CapabilityVerdict.MISSING_ROLE:
            reason = f"No admin role of keydesk's allows {what}."
        case CapabilityVerdict.NOT_IN_ORG:
            reason = f"The org does not have it: {what}."
            cures.append(f"Switch “{CAPABILITY[capability]}” off for this connector: keydesk connect --edit.")
        case _:
            errors = [part.error for part in found if part.error]
            reason = _sentence(errors[0].title) if errors else "It could not be asked."
            cures.append(plain(errors[0].advice) if errors else "Ask again.")
    return Finding(capability, worst, reason, " ".join(cures), scopes, _would_do(short))


def _unproved(found: list[_Part], answers: Answers) -> str:
    what = "; ".join(dict.fromkeys(part.need.what for part in found if part.need.writes))
    if not what:
        return "Nothing there could be read that would tell."
    granted, held = answers.granted is not None, answers.roles is not None
    known = " and ".join(filter(None, ("the scope" if granted else "", "a role" if held else "")))
    there = f"{known.capitalize()} {'are' if granted and held else 'is'} there; only" if known else "Only"
    return f"Reading works. {there} doing it proves: {what}."


def _grant(scopes: tuple[str, ...]) -> str:
    return f"A super admin grants {needs.listed(scopes)} on {_SCOPES_TAB}; then ask again."


def _would_do(lacking: list[Need]) -> tuple[str, ...]:
    """Standard roles each of which allows all of it, the least powerful first."""
    if not lacking:
        return ()
    return needs.by_power(set.intersection(*(set(need.roles) for need in lacking)))


def _assign(lacking: list[Need], connector: Connector) -> str:
    """Where the role is missing: what to assign. One more small role does less harm than one that can do it all."""
    roles = needs.smallest_roles(lacking)
    more = _would_do(lacking)
    service = connector.kind is SignInKind.PRIVATE_KEY_JWT
    where = "the app's “Admin roles” tab" if service else "Security > Administrators, for the token's account"
    text = f"A super admin assigns {needs.role_words(roles, last='and')} on {where}"
    if others := [role for role in more if role not in roles]:
        text += f" ({needs.role_words(others)} would do too)"
    if all(need.permissions for need in lacking):
        text += f", or a custom role with {needs.listed(needs.permissions(lacking))}"
    return f"{text}; then ask again."


def _sentence(title: str) -> str:
    return f"{plain(title)}."


def _denied(parts: dict[Capability, tuple[_Part, ...]], connector: Connector) -> tuple[tuple[str, str, str], ...]:
    """Per endpoint that would be refused: its id, a title and what an admin does about it."""
    found: dict[str, tuple[str, str, str]] = {}
    for part in (part for of_one in parts.values() for part in of_one):
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
            found.setdefault(endpoint, (endpoint, title, advice))
    return tuple(found.values())


def _warnings(answers: Answers, connector: Connector, at: float) -> list[tuple[str, str]]:
    if answers.fatal is not None:
        return []
    return [*_too_much(answers, connector), *_limits(answers), *_ends(answers, at), *_anywhere(answers)]


def _too_much(answers: Answers, connector: Connector) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    service = connector.kind is SignInKind.PRIVATE_KEY_JWT
    whose = "The service app" if service else "The token's account"
    where = "the app's “Admin roles” tab" if service else "Security > Administrators"
    roles = answers.roles or ()
    enough = needs.role_words(needs.smallest_roles(needs.needed(connector.capabilities, connector.mode)), last="and")
    instead = f"Assign {enough or needs.ROLE[needs.READ_ONLY]} instead, on {where}."
    if any(role.type == needs.SUPER for role in roles):
        found.append((f"{whose} is a super admin, which is more than keydesk needs", instead))
    # A service app's access token is narrowed by its scopes as well; an API token is not.
    strong = [role for role in roles if role.type not in needs.HARMLESS]
    if strong and connector.mode is Mode.READ_ONLY and not service:
        names = needs.role_words(map(role_name, strong), last="and")
        title = f"This connector is read-only, and its token could write: {names}"
        found.append((title, f"keydesk sends no change, but the token could be used elsewhere. {instead}"))
    if connector.mode is Mode.READ_ONLY and (writing := sorted(s for s in answers.granted or () if _writes(s))):
        found.append(
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
        found.append(("This org makes each new service app a super admin", advice))
    return found


def _writes(scope: str) -> bool:
    return scope.endswith(".manage")


def _limits(answers: Answers) -> list[tuple[str, str]]:
    found = []
    for role in answers.roles or ():
        if names := answers.limits.get(role.id):
            some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004
            title = f"{needs.role_words((role_name(role),))} is limited to the groups {some}"
            found.append((title, "Nobody else is found or can be helped, unless another role reaches further."))
    if answers.nobody:
        advice = "Its admin role may be limited to groups without members; without people nothing of keydesk works."
        found.append(("Nobody is visible to keydesk", advice))
    return found


def _ends(answers: Answers, at: float) -> list[tuple[str, str]]:
    ends = instant(answers.token.expires_at) if answers.token else None
    left = ends - datetime.fromtimestamp(at, UTC) if ends else None
    if left is None or left > _SOON:
        return []
    days = max(0, left.days)
    advice = "Each use renews a token for 30 days; set a new one with “keydesk connectors rotate”."
    return [(f"The API token ends in {days} day{'' if days == 1 else 's'}", advice)]


def _anywhere(answers: Answers) -> list[tuple[str, str]]:
    network = answers.token.network if answers.token else None
    if network is None or network.connection != "ANYWHERE":
        return []
    advice = "Limit it to the network zone of your helpdesk, under Security > API > Tokens."
    return [("The API token may be used from anywhere", advice)]
