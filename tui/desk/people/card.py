"""A person's card as harmless text, which the screen and `keydesk show` both print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from tui.desk.people.admins import AdminRole
from tui.desk.people.badges import of_person
from tui.desk.people.factors import enrolled
from tui.desk.text import okta_terms
from tui.desk.text.methods import is_password, method_of
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from tui.desk.people.badges import Badge
    from tui.desk.people.own_changes import OwnChange, OwnChanges
    from tui.desk.people.person import Part, Person
    from tui.okta.log_events import LogEvent
    from tui.okta.models import Factor


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value."""

    label: str
    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Listing:
    """A part that is a list: its items, or a note in their place (`reading …`, why not, `none`)."""

    title: str
    items: tuple[str, ...] = ()
    note: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event, or a run of equal events: the age of the newest, the event, its source, and how many there are."""

    when: str
    what: str
    source: str
    tone: Tone = Tone.PLAIN
    times: int = 1


@dataclass(frozen=True, slots=True)
class Card:
    """Everything on a card, in the order in which it is shown."""

    name: str
    badges: tuple[Badge, ...]
    status: str
    tone: Tone
    line: str
    headline: str
    facts: tuple[Fact, ...]
    lists: tuple[Listing, ...]
    events: tuple[EventLine, ...]
    events_note: str


def tone_of(status: str | None, *, blocked: bool = False) -> Tone:
    """Return the tone of a status."""
    if blocked or status in okta_terms.BAD:
        return Tone.BAD if blocked or status == "LOCKED_OUT" else Tone.WARN
    if status in okta_terms.GONE:
        return Tone.MUTED
    return Tone.GOOD if status in okta_terms.GOOD else Tone.PLAIN


def card(person: Person, now: datetime, own: OwnChanges | None = None) -> Card:
    """Return the card of a person as of now.

    Args:
        person: The person, with the parts that were read.
        now: The time by Okta's clock.
        own: What this session changed, which is shown until the System Log shows it.
    """
    user = person.user
    login = plain(user.login)
    blocked = person.blocked and user.status == "ACTIVE"
    status = okta_terms.status_words(user.status) + (" · blocked" if blocked else "")
    line = " · ".join(filter(None, (plain(user.text("title")), plain(user.text("department")))))
    missing, by_you = own.beside(user.id, person.events.value or ()) if own else ((), {})
    events, note = _events(person.events, now, by_you)
    if missing:
        events = (*(_own_line(change, now) for change in missing), *events)
        note = note if person.events.value is None else ""
    return Card(
        name=plain(user.name),
        badges=of_person(person),
        status=plain(status),
        tone=tone_of(user.status, blocked=blocked),
        line=" · ".join(filter(None, (login, line))),
        headline=plain(person.headline(now)),
        facts=_facts(person, now),
        lists=(
            _listing("Blocks", person.blocks, lambda blocks: [_block(block) for block in blocks], "none"),
            _listing("Factors", person.factors, _factors, "none that Okta shows keydesk"),
            _listing(
                "Groups", person.groups, lambda groups: sorted((g.name for g in groups), key=str.casefold), "none"
            ),
            _listing(
                "Apps", person.apps, lambda apps: [app.label or app.app_name or "?" for app in apps], "none shown"
            ),
        ),
        events=events,
        events_note=note,
    )


def card_lines(person: Person, now: datetime) -> list[tuple[str, str]]:
    """Return the card as label and text, for a plain terminal."""
    shown = card(person, now)
    badges = "".join(f"  [{badge.text}]" for badge in shown.badges)
    lines = [("Name", f"{shown.name}{badges}"), ("Status", shown.headline), ("", shown.line)]
    lines += [(fact.label, fact.text) for fact in shown.facts]
    for listing in shown.lists:
        lines.append((listing.title, listing.note or ", ".join(listing.items)))
    lines.append(("Last events", shown.events_note))
    for event in shown.events:
        times = f"×{event.times}" if event.times > 1 else ""
        lines.append(("", "  ".join(filter(None, (event.when, event.what, times, event.source)))))
    return lines


def _facts(person: Person, now: datetime) -> tuple[Fact, ...]:
    user = person.user
    changed, since = user.when("password_changed"), user.when("status_changed")
    directory = user.provider_type not in {"OKTA", "IMPORT"}
    if changed:
        age = okta_terms.span((now - changed).total_seconds()) or "moments"
        password = f"{changed.astimezone():%Y-%m-%d}, {age} old"
    else:
        password = "none set in Okta" if user.credentials else okta_terms.NOT_KNOWN
        password = "set, Okta does not say when" if user.has_password else password
    phones = {plain(user.text(name)): None for name in ("mobilePhone", "primaryPhone") if user.text(name)}
    role = person.admin.value
    has = "is a super admin of Okta's" if role is AdminRole.SUPER else "has an admin role of Okta's"
    admin = (Fact("Okta admin", has, Tone.WARN),) if role else ()
    return (
        *admin,
        Fact("Email", _or_dash(user.email)),
        Fact("Phone", ", ".join(phones) or "–"),
        Fact("Manager", _or_dash(user.text("manager") or user.text("managerId"))),
        Fact("Last sign-in", okta_terms.last_sign_in(user, now)),
        Fact("State since", okta_terms.ago(since, now) if since else "–"),
        Fact("Password", password),
        Fact(
            "Password of",
            plain(okta_terms.provider_words(user)),
            Tone.WARN if directory or not user.has_provider else Tone.PLAIN,
        ),
        Fact("Employee no.", _or_dash(user.employee_number)),
        Fact("Second mail", _or_dash(user.text("secondEmail"))),
        Fact("Okta id", plain(user.id)),
    )


def _or_dash(text: str) -> str:
    return plain(text).strip() or "–"


def _factors(factors: tuple[Factor, ...]) -> list[str]:
    return [factor.name for factor in enrolled(factors)]


def _block(block: Any) -> str:  # noqa: ANN401 - a Block; the listing is generic
    kinds = {"UNKNOWN_DEVICES": "devices that Okta does not know", "ANY_DEVICES": "any device"}
    return f"blocked from {kinds.get(block.applies_to or '', block.applies_to or 'some devices')}"


def _listing(title: str, part: Part[Any], items: Any, none: str) -> Listing:  # noqa: ANN401 - one shape for all parts
    if part.trouble:
        return Listing(title, note=f"not readable: {plain(part.trouble.title)}", tone=Tone.WARN)
    if part.pending:
        return Listing(title, note="reading …", tone=Tone.MUTED)
    texts: Sequence[str] = [plain(item) for item in items(part.value)]
    if not texts:
        return Listing(title, note=none, tone=Tone.MUTED)
    return Listing(title, tuple(texts), tone=Tone.BAD if title == "Blocks" else Tone.PLAIN)


_TELLING: Final = (
    "user.authentication.auth_via_richclient",
    "user.authentication.auth_via_radius",
    "user.authentication.auth_via_AD_agent",
    "user.authentication.auth_via_LDAP_agent",
    "user.session.start",
    "user.authentication.auth_via_mfa",
)
"""The events that one password can leave in one transaction, the most telling first."""
_QUIET: Final = frozenset({"ALLOW", "CHALLENGE"})


def _each_once(events: Iterable[LogEvent]) -> list[LogEvent]:
    """Return the events without those that tell the same of one password again, and without what policies allowed.

    Identity Engine writes `auth_via_mfa` and `user.session.start` of each password, in one transaction.
    """
    kept = [e for e in events if e.event_type != "policy.evaluate_sign_on" or e.result not in _QUIET]
    best: dict[tuple[str, str], int] = {}
    for event in kept:
        if (key := _of_one_password(event)) is not None:
            best[key] = min(best.get(key, len(_TELLING)), _TELLING.index(event.event_type or ""))
    return [e for e in kept if (key := _of_one_password(e)) is None or _TELLING.index(e.event_type or "") == best[key]]


def _of_one_password(event: LogEvent) -> tuple[str, str] | None:
    """Return what the events of one password share; `None` for another event."""
    transaction = event.transaction.id if event.transaction else None
    if event.event_type not in _TELLING or not transaction or transaction == "unknown":
        return None
    if event.event_type == "user.authentication.auth_via_mfa" and not is_password(method_of(event)):
        return None
    return transaction, event.result


def _events(
    part: Part[tuple[LogEvent, ...]], now: datetime, by_you: Mapping[str, OwnChange]
) -> tuple[tuple[EventLine, ...], str]:
    if part.trouble:
        return (), f"not readable: {plain(part.trouble.title)}"
    if part.value is None:
        return (), "reading …"
    lines: list[EventLine] = []
    for event in _each_once(part.value):
        what, source = plain(okta_terms.event_words(event)), plain(okta_terms.event_source(event))
        if change := by_you.get(event.uuid or ""):
            source = f"by you, ledger entry {change.entry}"
        if lines and (lines[-1].what, lines[-1].source) == (what, source):
            lines[-1] = replace(lines[-1], times=lines[-1].times + 1)
        else:
            lines.append(EventLine(okta_terms.ago(event.at, now), what, source, _tone(event)))
    return tuple(lines), "" if lines else "none in the last 30 days"


def _own_line(change: OwnChange, now: datetime) -> EventLine:
    what = f"{change.title}, by you" if change.known else f"{change.title}, by you: not known whether Okta did it"
    tone = Tone.GOOD if change.known else Tone.WARN
    return EventLine(okta_terms.ago(change.at, now), plain(what), f"ledger entry {change.entry}", tone)


def _tone(event: LogEvent) -> Tone:
    if (event.event_type or "").startswith("user.account.lock"):
        return Tone.BAD
    result = event.outcome.result if event.outcome else None
    return Tone.WARN if result in {"FAILURE", "DENY", "RATE_LIMIT"} else Tone.PLAIN
