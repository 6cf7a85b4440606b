"""How people are made: names and logins for all, the cast from its table, the crowd from repeatable chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.base.dice import pick, roll
from tui.demo.base.times import DAY, HOUR, MINUTE
from tui.demo.people.cast import AD_DOMAIN, DOMAIN, LDAP_DOMAIN, OWN_STORY
from tui.demo.people.names import BY_WEIGHT, POOLS
from tui.demo.people.person import NO_PASSWORD, Person

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.people.cast import Member

Named = tuple[str, str, str]

DEPARTMENTS = (
    "Sales",
    "Engineering",
    "Marketing",
    "Finance",
    "Operations",
    "Support",
    "Design",
    "Research",
    "Legal",
    "IT",
    "Partners",
    "People",
)
_TITLES = ("Associate", "Specialist", "Senior Specialist", "Manager", "Director", "Analyst", "Coordinator", "Engineer")
_CITIES = (
    ("San Francisco", "US"),
    ("New York", "US"),
    ("London", "GB"),
    ("Zürich", "CH"),
    ("Berlin", "DE"),
    ("São Paulo", "BR"),
    ("Bengaluru", "IN"),
    ("Tokyo", "JP"),
)
# Out of a thousand; the rest is ACTIVE. A list in this order, so that one roll decides.
_STATUSES = (
    (30, "PASSWORD_EXPIRED"),
    (30, "DEPROVISIONED"),
    (20, "PROVISIONED"),
    (20, "STAGED"),
    (15, "SUSPENDED"),
    (10, "RECOVERY"),
)
_PROVIDERS = ((110, "ACTIVE_DIRECTORY"), (25, "LDAP"), (25, "FEDERATION"), (10, "SOCIAL"), (30, "IMPORT"))
_PROVIDER_NAMES = {
    "OKTA": "OKTA",
    "IMPORT": "IMPORT",
    "ACTIVE_DIRECTORY": AD_DOMAIN,
    "LDAP": LDAP_DOMAIN,
    "FEDERATION": "FEDERATION",
    "SOCIAL": "SOCIAL",
}
_NEVER_SIGNED_IN = frozenset({"STAGED", "PROVISIONED"})
_QUESTION = "What is the food you least liked as a child?"
# Standing locks beside the living ones: about six in a thousand, and never more than this many.
_MOST_LOCKED = 400
# Out of five.
_WITH_MOBILE = 3
_LOCKED_PER_THOUSAND = 6
# How many minutes the standing locks have stood: between ten minutes and about four hours.
_YOUNGEST, _SPAN = 10, 230


def choose_names(seed: int, members: tuple[str, ...], count: int) -> list[Named]:
    """Return login, first and last name for everybody.

    Args:
        seed: The org's seed.
        members: What the cast's logins begin with; their places come first and stay empty.
        count: How many in all.
    """
    # How often a spelling was given out; what the cast uses is never given to the crowd.
    taken: dict[str, int] = dict.fromkeys(members, 1)
    names: list[Named] = [("", "", "")] * len(members)
    for index in range(len(members), count):
        chance = roll(seed, 0xA11, index)
        pool = POOLS[BY_WEIGHT[chance % 100]]
        shown_first, first_name = pick(pool.firsts, chance >> 8)
        shown_last, last_name = pick(pool.lasts, chance >> 24)
        stem = name = f"{first_name}.{last_name}"
        while name in taken:
            taken[stem] += 1
            name = f"{stem}{taken[stem]}"
        taken[name] = 1
        names.append((f"{name}@{DOMAIN}", shown_first, shown_last))
    return names


def _by_share(table: tuple[tuple[int, str], ...], number: int, otherwise: str) -> str:
    for share, value in table:
        if number < share:
            return value
        number -= share
    return otherwise


def phone(chance: int) -> str:
    """Return a phone number in one of the many spellings that directories hold."""
    line = f"{chance % 100:02d}"
    block = f"{(chance >> 7) % 900 + 100}"
    spellings = (
        f"+1 415 555 01{line}",
        f"(415) 555-01{line}",
        f"415.555.01{line}",
        f"141555501{line}",
        f"+1{block}55501{line}",
        f"1-{block}-555-01{line}",
        f"+44 20 7946 09{line}",
        f"020 7946 09{line}",
        f"0041 44 555 01 {line}",
        f"+49 (0)30 555{block}{line}",
        f"+33 1 55 50 01 {line}",
        f"tel:+1-{block}-555-01{line};ext=12",
        f"+81-3-5550-01{line}",
        f"x{block}{line}",
    )
    return pick(spellings, chance >> 17)


def _locked(index: int, chance: int, count: int) -> bool:
    per_million = min(_LOCKED_PER_THOUSAND * 1000, _MOST_LOCKED * 1_000_000 // count)
    return (chance >> 20) % 1_000_000 < per_million and index > 0


def first_status(seed: int, index: int, count: int) -> str:
    """Return the status in which one of the crowd begins."""
    chance = roll(seed, 0xB00, index)
    status = _by_share(_STATUSES, chance % 1000, "ACTIVE")
    return "LOCKED_OUT" if status == "ACTIVE" and _locked(index, chance, count) else status


def blocked_at_first(seed: int, index: int, count: int) -> bool:
    """Whether one of the crowd begins ACTIVE, and blocked from devices that the org does not know."""
    return first_status(seed, index, count) == "ACTIVE" and (roll(seed, 0xB01, index) >> 50) % 400 == 0


def lock_chance(seed: int, index: int) -> int:
    """Return the chance by which a standing lock came about."""
    return roll(seed, 0x55, index)


def _date_lock(person: Person, seed: int, origin: float) -> None:
    """Give somebody who is locked from the start the dates of the lock."""
    at = float(int(origin - (_YOUNGEST + lock_chance(seed, person.index) % _SPAN) * MINUTE))
    person.status_changed = person.last_updated = at
    person.last_login = at - 20 * HOUR


def make_one(ids: Ids, index: int, named: Named, origin: float, count: int) -> Person:
    """Return one of the crowd."""
    chance, more_chance, dates = (roll(ids.seed, 0xB00 + part, index) for part in range(3))
    login, first, last = named
    status = first_status(ids.seed, index, count)
    provider = _by_share(_PROVIDERS, (chance >> 12) % 1000, "OKTA")
    if status in _NEVER_SIGNED_IN or (status in {"RECOVERY", "PASSWORD_EXPIRED"} and provider in NO_PASSWORD):
        provider = "OKTA"
    if status == "LOCKED_OUT" and provider in NO_PASSWORD:
        provider = "OKTA"
    person = _person(ids, index, named, status, provider, origin=origin, dates=dates)
    city, country = pick(_CITIES, more_chance >> 5)
    department = pick(DEPARTMENTS, more_chance >> 9)
    person.more.update(
        mobilePhone=phone(more_chance >> 13) if more_chance % 5 < _WITH_MOBILE else None,
        secondEmail=f"{login.split('@')[0]}@mail.example" if more_chance % 10 in {1, 2, 9} else None,
        displayName=f"{first} {last}",
        department=department,
        title=f"{department} {pick(_TITLES, more_chance >> 31)}",
        employeeNumber=f"E{100000 + index}",
        city=city,
        countryCode=country,
    )
    if more_chance % 3 == 0:
        person.more["primaryPhone"] = phone(more_chance >> 37)
    if more_chance % 5:
        person.more.update(
            manager=f"{pick(_MANAGERS, more_chance >> 41)}@{DOMAIN}", managerId=f"E{100000 + index % 97}"
        )
    person.contractor = more_chance % 20 == 0
    if person.contractor:
        person.more["userType"] = "Contractor"
    person.blocked = blocked_at_first(ids.seed, index, count)
    if status == "LOCKED_OUT":
        _date_lock(person, ids.seed, origin)
    return person


_MANAGERS = ("maria.silva", "omar.haddad", "pia.jensen", "tara.singh", "bob.martin")


def make_member(ids: Ids, index: int, member: Member, origin: float) -> Person:
    """Return one of the cast, as its row says."""
    dates = roll(ids.seed, 0xCA5, index)
    named = (member.login, member.first, member.last)
    person = _person(ids, index, named, member.status, member.provider, origin=origin, dates=dates)
    if "bare" not in member.flaws:
        person.more.update(
            mobilePhone=member.phone,
            displayName=person.display_name,
            department=member.department,
            title=member.title,
            employeeNumber=f"E{100000 + index}",
            manager=f"maria.silva@{DOMAIN}",
        )
    if "long" in member.flaws:
        person.more.update(displayName=" ".join([person.display_name] * 5), title="Acting Deputy " * 30)
    person.kit = member.kit
    person.blocked = "blocked" in member.flaws
    person.contractor = "contractor" in member.flaws
    if person.contractor:
        person.more["userType"] = "Contractor"
    if "transitioning" in member.flaws:
        person.transitioning = "PROVISIONED"
    if "never-in" in member.flaws:
        person.last_login = None
    if "no-password-date" in member.flaws:
        person.password_changed = None
    if "old-password" in member.flaws:
        person.password_changed = origin - 200 * DAY
    if "later" in member.flaws and person.password_changed is not None:
        person.password_changed += 3 * DAY
    if member.status == "LOCKED_OUT" and member.trouble != OWN_STORY:
        _date_lock(person, ids.seed, origin)
    return person


def _person(
    ids: Ids,
    index: int,
    named: tuple[str, str | None, str | None],
    status: str,
    provider: str,
    *,
    origin: float,
    dates: int,
) -> Person:
    """Return a person whose dates fit the status: created, activated, password set, signed in, status changed."""
    login, first, last = named
    whole = float(int(origin))
    created = whole - (200 + dates % 1500) * DAY - (dates >> 11) % 86_400
    person = Person(
        index,
        ids.make("00u", index),
        login,
        login,
        first,
        last,
        status,
        provider,
        _PROVIDER_NAMES[provider],
        created,
        roll(ids.seed, 0x5A17, index),
        last_updated=created,
    )
    person.has_password = provider not in NO_PASSWORD and status not in {"STAGED", "PROVISIONED", "DEPROVISIONED"}
    recent = whole - (1 + (dates >> 30) % 400) * HOUR - (dates >> 44) % 3600
    if status != "STAGED":
        person.activated = created + 60
        person.status_changed = created + 120
    if status not in _NEVER_SIGNED_IN:
        person.last_login = recent - HOUR
        if person.has_password:
            person.password_changed = whole - (1 + (dates >> 20) % 130) * DAY - (dates >> 9) % 86_400
            if dates % 3 == 0 and provider not in {"ACTIVE_DIRECTORY", "LDAP"}:
                person.question = _QUESTION
    if status == "DEPROVISIONED":
        person.password_changed = None
    if status not in {"STAGED", "PROVISIONED", "ACTIVE"}:
        person.status_changed = recent
    person.last_updated = max(person.status_changed or created, person.password_changed or created)
    return person
