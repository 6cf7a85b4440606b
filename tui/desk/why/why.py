"""Why somebody can't sign in: read what there is to know, and let the rules decide."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.lockouts.attempts import End
from tui.desk.people.password_policies import policy_for
from tui.desk.people.person import read_part
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.why.evidence import AppWanted, Evidence
from tui.desk.why.rules import RULES
from tui.desk.why.verdict import Blocker, EvidenceLine, Verdict
from tui.okta import endpoints as ep
from tui.okta.clock import stamp
from tui.okta.entitlements import App, AppUser
from tui.okta.errors import FeatureOff, NotFound
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.why.rule import Text, VerdictRule
    from tui.okta.log_events import LogEvent

WEEK: Final = timedelta(days=7)
PAGES: Final = 3
LINES: Final = 12
_HELPFUL: Final = ("unlock", "reset-password", "temp-password", "resend-activation", "remove-factor", "reset-mfa")
_NAMES: Final = {
    End.OK: "Signed in",
    End.WRONG_PASSWORD: "Wrong password",
    End.WHILE_LOCKED: "Tried while locked",
    End.FACTOR: "Second factor failed",
    End.DENIED: "Denied",
    End.EXPIRED: "Password expired",
    End.OTHER: "Failed",
}


async def why(session: Session, user_id: str, app: str = "") -> Verdict:
    """Read everything about one person, and reach a verdict; what cannot be read is said in it.

    Args:
        session: Where to read.
        user_id: Whose.
        app: What an agent typed for the app that they want to get into; empty for none.

    Raises:
        OktaError: The person could not be read.
    """
    return verdict(await evidence(session, await session.person_with_blocks(user_id), app))


async def evidence(session: Session, person: Person, app: str = "") -> Evidence:
    """Everything that a verdict looks at; each part may fail by itself."""
    client, user = session.client, person.user
    events, policy, groups, factors, wanted = await asyncio.gather(
        read_part(_events(session, user.id)),
        read_part(policy_for(client, user)),
        read_part(client.groups_of(user.id)),
        read_part(client.factors_of(user.id)),
        _wanted(session, user.id, app),
    )
    person = person.with_part("groups", groups).with_part("factors", factors)
    missing = [
        f"{what}: {plain(part.trouble.title)}."
        for what, part in (
            ("The System Log cannot be read", events),
            ("The password policy cannot be read", policy),
            ("Factors cannot be read", factors),
        )
        if part.trouble
    ]
    if person.blocks.trouble and not isinstance(person.blocks.trouble, FeatureOff):
        missing.append(f"Device blocks cannot be read: {plain(person.blocks.trouble.title)}.")
    if app and wanted is not None and wanted.assigned is None and not wanted.inactive:
        missing.append(f"Whether they have {wanted.name or wanted.asked} could not be found out.")
    found = Evidence(
        person,
        session.now(),
        events=events.value,
        policy=policy.value,
        obstacles={action: session.obstacle(ACTIONS[action], person) for action in _HELPFUL},
        app=wanted,
        missing=tuple(missing),
        shared=session.attack_signs.addresses,
    )
    session.attack_signs.note_person(user.id, found.reading.attack if person.locked or person.blocked else "")
    return found


def verdict(e: Evidence) -> Verdict:
    """What the first rule that fits says of the evidence; there is always one."""
    rule = next(rule for rule in RULES if rule.fits(e))
    sure = rule.sure or e.reading.sure
    return Verdict(
        rule.id,
        rule.blocker,
        _text(rule.headline, e),
        _since(rule, e),
        _text(rule.why, e),
        sure,
        rule.step(e),
        evidence=tuple(_lines(rule, e))[:LINES],
        attempts=e.attempts,
        also=tuple(_also(rule, e)),
        missing=e.missing,
    )


_READ: Final = frozenset(
    {Blocker.LOCKED, Blocker.BLOCKED_DEVICES, Blocker.WRONG_PASSWORD, Blocker.FACTOR, Blocker.DENIED}
)


def _text(text: Text, e: Evidence) -> str:
    return text if isinstance(text, str) else text(e)


def _since(rule: VerdictRule, e: Evidence) -> Any:  # noqa: ANN401 - a time or none
    """Since when they are kept out."""
    case = e.directory_case if rule.blocker is Blocker.DIRECTORY_LOCK else e.case
    if case is not None and rule.blocker in {Blocker.LOCKED, Blocker.BLOCKED_DEVICES, Blocker.DIRECTORY_LOCK}:
        return case.began
    if rule.id == "overdue":
        return e.expiry.expires
    if rule.blocker in _READ:
        return e.failures[0].at if e.failures else None
    return None if rule.blocker in {Blocker.NOTHING, Blocker.NO_APP} else e.person.user.when("status_changed")


def _lines(rule: VerdictRule, e: Evidence) -> Iterable[EvidenceLine]:
    """The evidence, the most telling first: the status, runs of equal attempts, the policy, the last good sign-in."""
    user = e.person.user
    changed = user.when("status_changed")
    if user.status != "ACTIVE":
        yield EvidenceLine(f"Status: {plain(okta_terms.status_words(user.status), limit=40)}", changed)
    if e.person.blocked:
        yield EvidenceLine(f"Blocked from {_devices(e)}")
    if e.directory_case is not None and rule.blocker is Blocker.DIRECTORY_LOCK:
        yield EvidenceLine("Active Directory reported the lock", e.directory_case.began)
    yield from _doings(e)
    yield from _runs([one for one in e.case.attempts if one.failed] if e.case else list(e.failures))
    if e.policy is not None and rule.blocker is Blocker.LOCKED:
        heals = f"heals after {e.policy.unlock_after} min" if e.policy.unlock_after else "does not heal by itself"
        name = plain(e.policy.name, limit=50)
        yield EvidenceLine(f"Password policy “{name}”: locks after {e.policy.attempts} failures, {heals}")
    if rule.blocker is Blocker.PASSWORD_EXPIRED:
        yield EvidenceLine("Password last changed", user.when("password_changed"))
    if e.last_good is not None:
        yield _line("Last good sign-in", e.last_good)
    elif user.when("last_login"):
        yield EvidenceLine("Last sign-in by Okta's account", user.when("last_login"))


def _devices(e: Evidence) -> str:
    kinds = {block.applies_to for block in e.person.blocks.value or ()}
    return "all devices" if "ANY_DEVICES" in kinds else "devices that Okta does not know"


def _doings(e: Evidence) -> Iterable[EvidenceLine]:
    """What somebody did to the account within the week, the newest of each kind: who suspended or reset it."""
    seen: set[str] = set()
    user_id = e.person.user.id
    for event in sorted(e.events or (), key=lambda event: event.published or "", reverse=True):
        kind = event.event_type or ""
        if kind not in okta_terms.DOINGS or kind in seen or event.result not in {"", "SUCCESS", "ALLOW"}:
            continue
        seen.add(kind)
        actor = event.actor
        by = (
            ""
            if actor is None or actor.id == user_id
            else plain(actor.display_name or actor.alternate_id or "", limit=50)
        )
        yield EvidenceLine(f"{okta_terms.event_name(kind)}{f' by {by}' if by else ''}", event.at)


def _runs(attempts: list[Attempt]) -> Iterable[EvidenceLine]:
    """Equal attempts in one line: how many, the newest time, with what and from where."""
    counted = Counter((one.end, one.client, one.ip) for one in attempts)
    newest: dict[tuple[End, str, str], Attempt] = {}
    for one in sorted(attempts, key=lambda one: one.at):
        newest[one.end, one.client, one.ip] = one
    for key, one in sorted(newest.items(), key=lambda pair: pair[1].at, reverse=True):
        times = f" {counted[key]} times" if counted[key] > 1 else ""
        reason = f" ({plain(one.reason, limit=60)})" if one.end in {End.DENIED, End.OTHER} and one.reason else ""
        yield _line(f"{_NAMES[one.end]}{times}{reason}", one)


def _line(text: str, one: Attempt) -> EvidenceLine:
    network = " ".join(filter(None, (one.ip, f"({one.network})" if one.network else "", "proxy" if one.proxy else "")))
    return EvidenceLine(text, one.at, plain(one.client, limit=50), plain(one.place, limit=50), plain(network, limit=70))


def _also(rule: VerdictRule, e: Evidence) -> Iterable[str]:
    """What else is amiss, beside what decided."""
    if e.person.blocked and rule.blocker is not Blocker.BLOCKED_DEVICES:
        yield "They are also blocked from devices that Okta does not know."
    if e.overdue and rule.id != "overdue" and rule.blocker is not Blocker.PASSWORD_EXPIRED:
        yield "Their password is past its age: at the next sign-in Okta asks for a new one."
    case = e.case
    if case is not None and case.heals is False and rule.blocker is Blocker.LOCKED:
        yield "It does not heal by itself."
    if rule.blocker in {Blocker.LOCKED, Blocker.DEACTIVATED, Blocker.SUSPENDED} and e.app and e.app.assigned is False:
        yield f"They do not have {e.app.name or e.app.asked} either."
    if e.app and e.app.assigned and rule.blocker is Blocker.NOTHING:
        yield f"{e.app.name} is assigned to them."


# -- reading


async def _events(session: Session, user_id: str) -> tuple[LogEvent, ...]:
    """A week about one person, the newest first, at most some pages."""
    query = {
        "since": stamp(session.now() - WEEK),
        "filter": f'actor.id eq "{user_id}" or target.id eq "{user_id}"',
        "sortOrder": "DESCENDING",
        "limit": "500",
    }
    return await session.client.log_pages(query, most=PAGES)


async def _wanted(session: Session, user_id: str, asked: str) -> AppWanted | None:
    """Whether they have an app; by the apps themselves, or where those cannot be read by their dashboard."""
    if not asked.strip():
        return None
    told = plain(asked.strip(), limit=60)
    client = session.client
    try:
        apps = await client.all(ep.APPS, App, None, {"q": asked.strip(), "limit": "20"})
        if not apps:
            return AppWanted(told)
        app = min(apps, key=lambda one: (one.title.casefold() != asked.strip().casefold(), len(one.title)))
        name = plain(app.title, limit=60)
        if app.status not in {None, "ACTIVE"}:
            return AppWanted(told, name, inactive=True)
        try:
            await client.read(ep.APP_USER, AppUser, {"app": app.id, "id": user_id})
        except NotFound:
            return AppWanted(told, name, assigned=False)
        return AppWanted(told, name, assigned=True)
    except Trouble:
        links = await read_part(client.app_links_of(user_id))
        labels = [link.label or "" for link in links.value or ()]
        found = next((label for label in labels if asked.strip().casefold() in label.casefold()), "")
        return AppWanted(told, plain(found, limit=60), assigned=True if found else None)
