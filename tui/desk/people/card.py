"""A person's card as harmless text, which the screen and `keydesk show` both print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from tui.desk.people.admins import AdminRole
from tui.desk.people.badges import of_person
from tui.desk.people.devices import state_of, system_of
from tui.desk.people.factors import enrolled
from tui.desk.text import okta_terms
from tui.desk.text.methods import is_password, method_of
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.okta.clock import instant
from tui.okta.errors import FeatureOff

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from tui.desk.people.answer import CardAnswer
    from tui.desk.people.badges import Badge
    from tui.desk.people.factors import Enrolled
    from tui.desk.people.own_changes import OwnChange, OwnChanges
    from tui.desk.people.person import Part, Person
    from tui.okta.log_events import LogEvent
    from tui.okta.models import Device, Factor

DAY: Final = 86400
SAME_SIGN_IN: Final = 120
"""Seconds within which a sign-in of the log is the one that Okta's account names, so that its place belongs to it."""


class Fact(Struct, frozen=True):
    """One labelled value; `share` is how much of its time a password has had, drawn as a bar; `None` for no bar."""

    label: str
    text: str
    tone: Tone = Tone.PLAIN
    share: float | None = None


class Listing(Struct, frozen=True):
    """A part that is a list.

    Attributes:
        title: What it lists.
        items: The items.
        note: What stands in their place: `reading …`, or why they cannot be read.
        tone: How it is meant.
        rows: Whether each item has a line of its own; else all share one line.
        beside: What stands beside each item, such as its age; empty where nothing does.
        key: The key that shows more; empty for none.
    """

    title: str
    items: tuple[str, ...] = ()
    note: str = ""
    tone: Tone = Tone.PLAIN
    rows: bool = False
    beside: tuple[str, ...] = ()
    key: str = ""


class EventLine(Struct, frozen=True):
    """One event, or a run of equal events: the age of the newest, the event, its source, and how many there are."""

    when: str
    what: str
    source: str
    tone: Tone = Tone.PLAIN
    times: int = 1


class Card(Struct, frozen=True):
    """Everything on a card, in the order in which it is shown.

    Attributes:
        name: The person's name.
        badges: What stands beside it.
        status: Okta's status in words, and a block by device.
        tone: How the status is meant.
        line: Login, title and department.
        headline: What the status alone says, until the verdict is there.
        facts: What is asked on the phone first.
        lists: Blocks, factors, devices, groups and apps, without those that are empty.
        events: The newest events.
        events_note: What stands in their place.
        since: How long the status has lasted; empty for one that lets the person sign in.
        answer: What a verdict says; `None` until it is made.
        user_id: Okta's id.
        now: The time by Okta's clock, by which the picture of attempts is drawn.
    """

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
    since: str = ""
    answer: CardAnswer | None = None
    user_id: str = ""
    now: datetime | None = None


def tone_of(status: str | None, *, blocked: bool = False) -> Tone:
    """Return the tone of a status."""
    if blocked and status == "ACTIVE":  # from devices that Okta knows they still get in
        return Tone.WARN
    if status in okta_terms.BAD:
        return Tone.BAD if status == "LOCKED_OUT" else Tone.WARN
    if status in okta_terms.GONE:
        return Tone.MUTED
    return Tone.GOOD if status in okta_terms.GOOD else Tone.PLAIN


def card(person: Person, now: datetime, own: OwnChanges | None = None, answer: CardAnswer | None = None) -> Card:
    """Return the card of a person as of now.

    Args:
        person: The person, with the parts that were read.
        now: The time by Okta's clock.
        own: What this session changed, which is shown until the System Log shows it.
        answer: What the verdict says; without one the card says what the status alone says.
    """
    user = person.user
    blocked = person.blocked and user.status == "ACTIVE"
    status = okta_terms.status_words(user.status, blocked=blocked)
    line = (plain(user.login), plain(user.text("title")), plain(user.text("department")))
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
        line=" · ".join(filter(None, line)),
        headline=plain(person.headline(now)),
        facts=_facts(person, now, answer),
        lists=tuple(_lists(person, now)),
        events=events,
        events_note=note,
        since=_since(person, now),
        answer=answer,
        user_id=plain(user.id),
        now=now,
    )


def card_lines(person: Person, now: datetime, answer: CardAnswer | None = None) -> list[tuple[str, str]]:
    """Return the card as label and text, for a plain terminal and for copying; lists are whole here."""
    shown = card(person, now, None, answer)
    badges = "".join(f"  [{badge.text}]" for badge in shown.badges)
    since = f", {shown.since}" if shown.since else ""
    lines = [("Name", f"{shown.name}{badges}"), ("", shown.line), ("Status", f"{shown.status}{since}")]
    if answer is None:
        lines[-1] = ("Status", shown.headline)
    else:
        lines.append(("Verdict", f"{answer.said(now)}." + (f"  {answer.sure_words}" if answer.sure else "")))
        lines += [("", f"{answer.unread[:1].upper()}{answer.unread[1:]}.")] if answer.unread else []
        lines += [("Next step", answer.step)] if answer.step else []
        lines += [("" if number else "Also", text) for number, text in enumerate(answer.notes)]
    lines += [(fact.label, fact.text) for fact in shown.facts]
    for listing in shown.lists:
        texts = [listing.note or ", ".join(listing.items)]
        if listing.rows and listing.items:
            beside = listing.beside or ("",) * len(listing.items)
            texts = ["  ".join(filter(None, pair)) for pair in zip(listing.items, beside, strict=True)]
        lines += [(listing.title if not number else "", text) for number, text in enumerate(texts)]
    lines.append(("Last events", shown.events_note))
    for event in shown.events:
        times = f"×{event.times}" if event.times > 1 else ""
        lines.append(("", "  ".join(filter(None, (event.when, event.what, times, event.source)))))
    return [*lines, ("Okta id", shown.user_id)]


def _since(person: Person, now: datetime) -> str:
    """Return how long a state that keeps somebody out has lasted; empty where it is not known."""
    changed = person.user.when("status_changed")
    if changed is None or person.user.status == "ACTIVE":
        return ""
    return okta_terms.span((now - changed).total_seconds()) or "just now"


def _facts(person: Person, now: datetime, answer: CardAnswer | None) -> tuple[Fact, ...]:
    """Return what is asked on the phone first; what is empty is left out."""
    user = person.user
    elsewhere = not user.has_provider or user.provider_type not in {"OKTA", "IMPORT"}
    tone = Tone.WARN if elsewhere else Tone.PLAIN
    phones = {plain(user.text(name)): None for name in ("mobilePhone", "primaryPhone") if user.text(name)}
    role = person.admin.value
    has = "is a super admin of Okta's" if role is AdminRole.SUPER else "has an admin role of Okta's"
    owner = plain(okta_terms.provider_words(user))
    mail = user.email if user.email.casefold() != user.login.casefold() else ""
    risk = _risk(person)
    facts = (
        *((risk,) if risk.tone is not Tone.PLAIN else ()),
        Fact("Okta admin", has if role else "", Tone.WARN),
        Fact("Manager", _clean(user.text("manager") or user.text("managerId"))),
        Fact("Phone", ", ".join(phones)),
        Fact("Last sign-in", _last_sign_in(person, now, answer)),
        Fact("Employee no.", _clean(user.employee_number)),
        _password(person, now, answer),
        Fact("Password of", owner if elsewhere or user.provider_type != "OKTA" else "", tone),
        Fact("Email", _clean(mail)),
        Fact("Second mail", _clean(user.text("secondEmail"))),
        *((risk,) if risk.tone is Tone.PLAIN else ()),
    )
    return tuple(fact for fact in facts if fact.text)


_RISKS: Final = {"NONE": Tone.PLAIN, "LOW": Tone.PLAIN, "MEDIUM": Tone.WARN, "HIGH": Tone.BAD}


def _risk(person: Person) -> Fact:
    """Return how risky Okta holds the person, with its reason; without text where that is not read."""
    risk = person.risk.value
    level = (risk.risk_level or "") if risk else ""
    text = " · ".join(filter(None, (_clean(level).capitalize(), _clean((risk.reason or "") if risk else ""))))
    return Fact("Risk level", text, _RISKS.get(level, Tone.WARN))


def _clean(text: str) -> str:
    return plain(text).strip()


def _last_sign_in(person: Person, now: datetime, answer: CardAnswer | None) -> str:
    """Return when the person last got in, by the log where it knows better, with the place that it names."""
    okta = person.user.when("last_login")
    logged = answer.last_in if answer else None
    if logged is None or (okta is not None and (okta - logged).total_seconds() > SAME_SIGN_IN):
        return okta_terms.last_sign_in(person.user, now)
    place = plain(answer.last_place) if answer else ""
    return " · ".join(filter(None, (okta_terms.ago(logged, now), place)))


def _password(person: Person, now: datetime, answer: CardAnswer | None) -> Fact:
    """Return the age of the password, and how much of the time that the policy gives it has gone."""
    user = person.user
    changed = user.when("password_changed")
    if changed is None:
        none = "none set in Okta" if user.credentials else okta_terms.NOT_KNOWN
        return Fact("Password", "set, Okta does not say when" if user.has_password else none)
    seconds = (now - changed).total_seconds()
    age = okta_terms.span(seconds) or "moments"
    most = answer.max_age if answer else 0
    if not most:
        return Fact("Password", f"{age} old, {changed.astimezone():%Y-%m-%d}")
    left = most - int(seconds // DAY)
    if left <= 0:
        return Fact("Password", f"{age} old, past its age", Tone.WARN, share=1.0)
    return Fact("Password", f"{age} old, {left} of {most} days left", share=max(0.0, min(1.0, 1 - left / most)))


def _lists(person: Person, now: datetime) -> Iterable[Listing]:
    """Yield the parts that are lists, and nothing for those that are known to be empty."""
    parts = (
        _listing("Blocks", person.blocks, lambda blocks: [_block(block) for block in blocks], ""),
        _factor_rows(person, now),
        *_devices(person),
        _listing("Groups", person.groups, lambda groups: sorted((g.name for g in groups), key=str.casefold), ""),
        _listing("Apps", person.apps, lambda apps: [app.label or app.app_name or "?" for app in apps], ""),
    )
    for listing in parts:
        if listing.title == "Blocks" and person.blocks.pending:
            continue  # hardly anybody is blocked: the line comes where somebody is
        if listing.items or listing.note:
            yield listing if listing.title in _OWN_KEYS or listing.note else replace(listing, key="g")


_OWN_KEYS: Final = frozenset({"Blocks", "Factors", "Devices"})
"""The lists that do not lead to the software."""


def _devices(person: Person) -> Iterable[Listing]:
    """Yield the devices, once they are read; nothing where the connector does not handle them, or the org has none."""
    if person.devices.pending or isinstance(person.devices.trouble, FeatureOff):
        return
    listing = _listing("Devices", person.devices, lambda devices: map(_device, devices), "")
    yield replace(listing, key=key_of("person.devices"))


def _device(device: Device) -> str:
    system, state = system_of(device), "" if device.status == "ACTIVE" else f" ({state_of(device).lower()})"
    return f"{device.name}{f' · {system}' if system else ''}{state}"


def _factor_rows(person: Person, now: datetime) -> Listing:
    listing = _listing("Factors", person.factors, _factors, "none that Okta shows keydesk")
    ages = tuple(_factor_age(factor, now) for factor in enrolled(person.factors.value or ()))
    return replace(listing, rows=True, beside=ages) if listing.items else listing


def _factor_age(factor: Enrolled, now: datetime) -> str:
    """Return how long a factor has been enrolled, and when it was changed since, as far as Okta says."""
    created, changed = instant(factor.created), instant(factor.changed)
    held = okta_terms.span((now - created).total_seconds()) if created else ""
    words = [f"for {held}" if held else "new"] if created else []
    if changed and (created is None or (changed - created).total_seconds() > DAY):
        words.append(f"changed {okta_terms.ago(changed, now)}")
    return " · ".join(words)


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
