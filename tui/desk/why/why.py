"""Find out why somebody cannot sign in: read the evidence, and reach a verdict by the rules."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.lockouts.attempts import attempts_of
from tui.desk.lockouts.ends import End
from tui.desk.lockouts.steps import MFA, PHISHING, THREAT, keys_of
from tui.desk.lockouts.words import overdue
from tui.desk.people.parts import SHARED_FOR
from tui.desk.people.password_policies import policy_for
from tui.desk.people.person import read_part
from tui.desk.session import EVENTS_MOST, WEEK_PART
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.why.evidence import RECENT, AppWanted, Evidence
from tui.desk.why.rules_account import STATE
from tui.desk.why.rules_sign_in import SIGN_INS
from tui.desk.why.verdict import Blocker, EvidenceLine, Verdict
from tui.okta import endpoints as ep
from tui.okta import scim
from tui.okta.clock import stamp
from tui.okta.entitlements import App, AppUser
from tui.okta.errors import FeatureOff, NotFound
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.people.password_policies import Applied
    from tui.desk.people.person import Part, Person
    from tui.desk.session import Session
    from tui.desk.why.rule import Text, VerdictRule
    from tui.okta.log_events import LogEvent
    from tui.okta.models import Group

RULES: Final = STATE + SIGN_INS
"""All rules in their order: those about the account first, then those about its sign-ins. The last one always fits."""
WEEK: Final = timedelta(days=7)
PAGES: Final = 3
LINES: Final = 12
_BY_METHOD: Final = frozenset({End.FACTOR, End.ABANDONED, End.OPEN})
HELPFUL: Final = ("unlock", "reset-password", "temp-password", "resend-activation", "remove-factor", "reset-mfa")
STRANGERS: Final = 5
"""The most addresses of failures for which ThreatInsight is asked."""
STRANGERS_FOR: Final = 60.0
"""Seconds for which what the log tells of the same addresses is not read again."""
_NAMES: Final = {
    End.OK: "Signed in",
    End.OPEN: "Begun, no end in the log",
    End.WRONG_PASSWORD: "Wrong password",
    End.WHILE_LOCKED: "Tried while locked",
    End.EXPIRED: "Password expired",
    End.FACTOR: "Second factor failed",
    End.ABANDONED: "Second factor not given",
    End.RATE_LIMITED: "Too many wrong codes",
    End.PUSH_DENIED: "Push denied on the phone",
    End.WRONG_NUMBER: "Push answered with a wrong number",
    End.PHISHING: "Phishing stopped by FastPass",
    End.DENIED: "Denied",
    End.NOT_ASSIGNED: "App not assigned",
    End.NO_SUCH_NAME: "No account for the typed name",
    End.DIRECTORY_LOCKED: "Directory: account locked",
    End.DIRECTORY_DISABLED: "Directory: account disabled",
    End.DIRECTORY_PASSWORD_EXPIRED: "Directory: password expired",
    End.DIRECTORY_MUST_CHANGE: "Directory: password must be changed",
    End.DIRECTORY_ACCOUNT_EXPIRED: "Directory: account expired",
    End.DIRECTORY_HOURS: "Directory: not at this hour",
    End.DIRECTORY_WORKSTATION: "Directory: not from this computer",
    End.DIRECTORY_SILENT: "Directory did not answer",
    End.UNCLEAR: "Failed, password or factor not told",
    End.OTHER: "Failed",
}


async def why(session: Session, user_id: str, app: str = "") -> Verdict:
    """Read everything about one person afresh, and reach a verdict; the verdict names what could not be read.

    Args:
        session: The session of the org.
        user_id: The id of the person.
        app: The text that the agent typed for the app that the person wants to open; empty for none.

    Raises:
        OktaError: The person could not be read.
    """
    return verdict(await evidence(session, await session.person_with_blocks(user_id), app))


async def evidence(session: Session, person: Person, app: str = "", *, younger: float = 0.0) -> Evidence:
    """Read the evidence for a verdict; a part that cannot be read is missing in it.

    Args:
        session: The session of the org.
        person: The person, with their device blocks.
        app: The text that the agent typed for the app that the person wants to open; empty for none.
        younger: The most seconds since a screen has read a part; 0 reads all afresh.
    """
    user = person.user
    reading = asyncio.ensure_future(session.groups_of(user.id, younger=younger))  # two need them

    async def groups_of(_: str) -> tuple[Group, ...]:
        return await reading

    events, policy, groups, factors, app_wanted = await asyncio.gather(
        read_part(events_of_a_week, session, user.id, younger),
        read_part(policy_for, session.client, user, groups_of),
        read_part(groups_of, user.id),
        read_part(session.factors_of, user.id, younger=younger),
        _read_app(session, user.id, app),
    )
    person = person.with_part("groups", groups).with_part("factors", factors)
    missing = [*unread_parts(person, events, policy)]
    if app and app_wanted is not None and app_wanted.assigned is None and not app_wanted.inactive:
        missing.append(f"Whether they have {app_wanted.name or app_wanted.asked} could not be found out.")
    read = Evidence(
        person,
        session.now(),
        events=events.value,
        policy=policy.value,
        obstacles={action: session.obstacle(ACTIONS[action], person) for action in HELPFUL},
        app=app_wanted,
        missing=tuple(missing),
        shared=session.attack_signs.addresses,
    )
    read = await with_strangers(session, read)
    session.attack_signs.note_person(user.id, read.diagnosis.attack if person.locked or person.blocked else "")
    return read


def unread_parts(
    person: Person, events: Part[tuple[LogEvent, ...]], policy: Part[Applied | None] | Part[tuple[Applied, ...]]
) -> tuple[str, ...]:
    """Return what of a verdict's evidence could not be read, in a harmless sentence each."""
    missing = [
        f"{what}: {plain(trouble.title)}."
        for what, trouble in (
            ("The System Log cannot be read", events.trouble),
            ("The password policy cannot be read", policy.trouble),
            ("Factors cannot be read", person.factors.trouble),
        )
        if trouble
    ]
    if person.blocks.trouble and not isinstance(person.blocks.trouble, FeatureOff):
        missing.append(f"Device blocks cannot be read: {plain(person.blocks.trouble.title)}.")
    return tuple(missing)


def verdict(e: Evidence) -> Verdict:
    """Return the verdict of the first rule that fits the evidence; one always does."""
    return _by_rule(next(rule for rule in RULES if rule.fits(e)), e)


def attack_verdict(e: Evidence) -> Verdict | None:
    """Return the verdict of the first rule that fits and says that it may be an attack; `None` where none does.

    It is asked before every change, also of an account whose state explains why the person cannot sign in.
    """
    rule = next((rule for rule in RULES if rule.attack and rule.fits(e)), None)
    return None if rule is None else _by_rule(rule, e)


def _by_rule(rule: VerdictRule, e: Evidence) -> Verdict:
    sure = rule.sure or e.diagnosis.sure
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


_BY_ATTEMPTS: Final = frozenset(
    {
        Blocker.LOCKED,
        Blocker.BLOCKED_DEVICES,
        Blocker.WRONG_PASSWORD,
        Blocker.FACTOR,
        Blocker.DENIED,
        Blocker.ATTACK,
        Blocker.DIRECTORY,
    }
)


def _text(text: Text, e: Evidence) -> str:
    return text if isinstance(text, str) else text(e)


def _since(rule: VerdictRule, e: Evidence) -> datetime | None:
    """Return since when the person is kept out; `None` where that is not known."""
    case = e.directory_case if rule.blocker is Blocker.DIRECTORY_LOCK else e.case
    if case is not None and rule.blocker in {Blocker.LOCKED, Blocker.BLOCKED_DEVICES, Blocker.DIRECTORY_LOCK}:
        return case.began
    if rule.id == "overdue":
        return e.expiry.expires
    if rule.blocker in _BY_ATTEMPTS:
        since = [attempt.at for attempt in (*e.failures, *e.stuck)]
        return min(since) if since else None
    return None if rule.blocker in {Blocker.NOTHING, Blocker.NO_APP} else e.person.user.when("status_changed")


def _lines(rule: VerdictRule, e: Evidence) -> Iterable[EvidenceLine]:
    """Return the lines of evidence, the most important first: status, equal attempts, policy, last good sign-in."""
    user = e.person.user
    changed = user.when("status_changed")
    if user.status != "ACTIVE":
        yield EvidenceLine(f"Status: {plain(okta_terms.status_words(user.status), limit=40)}", changed)
    if e.person.blocked:
        yield EvidenceLine(f"Blocked from {_devices(e)}")
    if e.directory_case is not None and rule.blocker is Blocker.DIRECTORY_LOCK:
        yield EvidenceLine("Active Directory reported the lock", e.directory_case.began)
    yield from _account_events(e)
    if e.report is not None:
        yield EvidenceLine("They reported suspicious activity themselves", e.report)
    own = [attempt for attempt in e.case.attempts if attempt.failed] if e.case else list(e.failures)
    yield from _runs([*own, *(attempt for attempt in e.stuck if attempt not in own)])
    if e.policy is not None and rule.blocker is Blocker.LOCKED:
        heals = f"heals after {e.policy.unlock_after} min" if e.policy.unlock_after else "does not heal by itself"
        if e.case is not None and (late := overdue(e.case, e.now)):
            heals += f": {late}"
        name = plain(e.policy.name, limit=50)
        yield EvidenceLine(f"Password policy “{name}”: locks after {e.policy.attempts} failures, {heals}")
    if rule.blocker is Blocker.PASSWORD_EXPIRED:
        yield EvidenceLine("Password last changed", user.when("password_changed"))
    if e.last_good is not None:
        yield _line("Last good sign-in", e.last_good)
    elif user.when("last_login"):
        yield EvidenceLine("Last sign-in that Okta has noted", user.when("last_login"))


def _devices(e: Evidence) -> str:
    kinds = {block.applies_to for block in e.person.blocks.value or ()}
    return "all devices" if "ANY_DEVICES" in kinds else "devices that Okta does not know"


def _account_events(e: Evidence) -> Iterable[EvidenceLine]:
    """Return what people did to the account within the week, such as a suspension: the newest event of each type."""
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
    """Return one line for equal attempts: how many, the newest time, the software and the source."""
    counted = Counter((attempt.end, attempt.client, attempt.ip) for attempt in attempts)
    newest: dict[tuple[End, str, str], Attempt] = {}
    for attempt in sorted(attempts, key=lambda attempt: attempt.at):
        newest[attempt.end, attempt.client, attempt.ip] = attempt
    for key, attempt in sorted(newest.items(), key=lambda pair: pair[1].at, reverse=True):
        times = f" {counted[key]} times" if counted[key] > 1 else ""
        reason = (
            f" ({plain(attempt.reason, limit=60)})"
            if attempt.end in {End.DENIED, End.OTHER, End.UNCLEAR} and attempt.reason
            else ""
        )
        method = plain(attempt.method, limit=40) if attempt.end in _BY_METHOD and attempt.method else ""
        yield _line(f"{_NAMES[attempt.end]}{times}{reason}{f': {method}' if method else ''}", attempt)


def _line(text: str, attempt: Attempt) -> EvidenceLine:
    owner = f"({attempt.network})" if attempt.network else ""
    network = " ".join(filter(None, (attempt.ip, owner, "proxy" if attempt.proxy else "")))
    client, place = plain(attempt.client, limit=50), plain(attempt.place, limit=50)
    return EvidenceLine(text, attempt.at, client, place, plain(network, limit=70))


def _also(rule: VerdictRule, e: Evidence) -> Iterable[str]:
    """Return what else is wrong, beside what the rule says."""
    if e.person.blocked and rule.blocker is not Blocker.BLOCKED_DEVICES:
        yield "They are also blocked from devices that Okta does not know."
    if e.overdue and rule.id != "overdue" and rule.blocker is not Blocker.PASSWORD_EXPIRED:
        yield "Password past its age: Okta asks for a new one next."
    case = e.case
    if case is not None and case.heals is False and rule.blocker is Blocker.LOCKED:
        yield "It does not heal by itself."
    if rule.blocker in {Blocker.LOCKED, Blocker.DEACTIVATED, Blocker.SUSPENDED} and e.app and e.app.assigned is False:
        yield f"They do not have {e.app.name or e.app.asked} either."
    if e.app and e.app.assigned and rule.blocker is Blocker.NOTHING:
        yield f"{e.app.name} is assigned to them."


# -- reading


async def events_of_a_week(session: Session, user_id: str, younger: float) -> tuple[LogEvent, ...]:
    """Return the events of a week: the card's, where a card was read and they reach back so far; else the log's.

    Args:
        session: The session of the org.
        user_id: Okta's id of the person.
        younger: The most seconds since a screen has read them; 0 reads them afresh.

    Raises:
        OktaError: The System Log could not be read.
    """
    if younger and user_id in session.seen:  # on the way back to the card these are needed in any case
        card, since = await session.events_of(user_id, younger=younger), session.now() - WEEK
        if reach_back(card, since):
            return tuple(event for event in card if event.at is None or event.at >= since)
    return await read_events(session, user_id, younger=younger)


def reach_back(card: tuple[LogEvent, ...], since: datetime) -> bool:
    """Return whether the events of a card, the newest first, are all that happened since a time."""
    oldest = card[-1].at if card else None
    return len(card) < EVENTS_MOST or (oldest is not None and oldest <= since)


async def read_events(
    session: Session, user_id: str, *, younger: float = SHARED_FOR, background: bool = False
) -> tuple[LogEvent, ...]:
    """Read the events of a week about one person, the newest first, at most `PAGES` pages.

    Args:
        session: The session of the org.
        user_id: Okta's id of the person.
        younger: The most seconds since a screen has read them; 0 reads in any case.
        background: Whether it yields to what the agent asks for.
    """
    query = {
        "since": stamp(session.now() - WEEK),
        "filter": f'actor.id eq "{user_id}" or target.id eq "{user_id}"',
        "sortOrder": "DESCENDING",
        "limit": "500",
    }
    read = partial(session.client.log_pages, query, most=PAGES, background=background)
    return await session.read_shared(WEEK_PART, user_id, read, younger=younger)


async def with_strangers(session: Session, e: Evidence, *, background: bool = False) -> Evidence:
    """Add what the log tells of the person's attempts in events that do not name the person.

    ThreatInsight names an address; FastPass refuses a phishing site as `system@okta.com`. The address, or the ids of
    the sign-in, tell whose attempt it was. Without failures nothing is asked, and what cannot be read is left out.

    Args:
        session: The session of the org.
        e: The evidence so far.
        background: Whether the read yields to what the agent asks for.
    """
    own = [attempt for attempt in attempts_of(e.events or ()) if not attempt.good]
    addresses = list(dict.fromkeys(attempt.ip for attempt in reversed(own) if attempt.ip))[:STRANGERS]
    if not addresses:
        return e
    threat = scim.all_of(
        scim.eq("eventType", THREAT), scim.any_of(*(scim.eq("client.ipAddress", ip) for ip in addresses))
    )
    refusal = scim.all_of(scim.eq("eventType", MFA), scim.eq("outcome.reason", PHISHING))
    query = {
        "since": stamp(session.now() - RECENT),
        "filter": scim.any_of(threat, refusal),
        "sortOrder": "DESCENDING",
        "limit": "200",
    }
    user_id = e.person.user.id
    ask = partial(session.client.log_pages, query, most=1, background=background)
    part = f"strangers {query['filter']}"
    found = (await read_part(session.read_shared, part, user_id, ask, younger=STRANGERS_FOR)).value or ()
    keys = {key for event in e.events or () for key in keys_of(event, user_id)}
    ties = [event for event in found if event.event_type == MFA and keys & set(keys_of(event, user_id))]
    threats = {ip for event in found if event.event_type == THREAT and event.client and (ip := event.client.ip_address)}
    known = {event.uuid for event in e.events or ()}
    more = tuple(event for event in ties if event.uuid not in known)
    return replace(e, events=(*(e.events or ()), *more), shared=e.shared | threats)


async def _read_app(session: Session, user_id: str, asked: str) -> AppWanted | None:
    """Find out whether the person has an app: from the apps, or where those cannot be read, from the dashboard."""
    if not asked.strip():
        return None
    typed = plain(asked.strip(), limit=60)
    client = session.client
    try:
        apps = await client.all(ep.APPS, App, None, {"q": asked.strip(), "limit": "20"})
        if not apps:
            return AppWanted(typed)
        app = min(apps, key=lambda app: (app.title.casefold() != asked.strip().casefold(), len(app.title)))
        name = plain(app.title, limit=60)
        if app.status not in {None, "ACTIVE"}:
            return AppWanted(typed, name, inactive=True)
        try:
            await client.read(ep.APP_USER, AppUser, {"app": app.id, "id": user_id})
        except NotFound:
            return AppWanted(typed, name, assigned=False)
        return AppWanted(typed, name, assigned=True)
    except Trouble:
        links = await read_part(client.app_links_of, user_id)
        labels = [link.label or "" for link in links.value or ()]
        matching = next((label for label in labels if asked.strip().casefold() in label.casefold()), "")
        return AppWanted(typed, plain(matching, limit=60), assigned=True if matching else None)
