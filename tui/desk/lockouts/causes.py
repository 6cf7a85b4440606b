"""What led to a lockout, read from the attempts before it: which software, whose mistake, and how sure that is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.attempts import End, Via
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt

RUN: Final = timedelta(hours=1)
"""How long before a lock its attempts are looked for."""
AFTER: Final = timedelta(minutes=15)
"""Attempts so long after a lock show that something keeps trying."""
EVIDENCE: Final = 10
REGULAR: Final = 0.25
"""A program's attempts are spaced evenly: the middle half of their pauses differs by at most this share."""
FEW: Final = 3
TYPED: Final = 6
"""Nobody types a wrong password more often than this in one go, most of the time."""
PEOPLE_TYPE: Final = timedelta(seconds=2)
"""Nobody types a password again faster."""


class LockoutCause(StrEnum):
    """What led to it."""

    MAIL = "mail"  # a mail client with an old password
    RADIUS = "radius"  # Wi-Fi or VPN by RADIUS with an old password
    VPN = "vpn"  # a VPN client with an old password
    STALE = "stale"  # other software that goes on sending an old password
    MISTYPED = "mistyped"
    ATTACK = "attack"  # somebody else tries
    FACTOR = "factor"  # too many failures of the second factor
    DIRECTORY = "directory"  # Active Directory locked, Okta only tells
    UNKNOWN = "unknown"


class Sure(StrEnum):
    """How sure a reading is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "a guess"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What led to it, and why that is thought.

    Attributes:
        trigger: What.
        sure: How sure.
        words: In one sentence for an agent, harmless: `A mail client (Outlook) keeps sending an old password`.
        client: The software that tried most often, harmless; empty for none.
        keeps_trying: Attempts went on after the lock: an unlock alone will not last.
        evidence: The attempts that show it, newest first, at most ten.
    """

    trigger: LockoutCause
    sure: Sure
    words: str
    client: str = ""
    keeps_trying: bool = False
    evidence: tuple[Attempt, ...] = ()

    @property
    def stale(self) -> bool:
        """Whether some software sends an old password."""
        return self.trigger in {LockoutCause.MAIL, LockoutCause.RADIUS, LockoutCause.VPN, LockoutCause.STALE}

    @property
    def attack(self) -> str:
        """What speaks for an attack, in harmless words; empty where nothing does."""
        return f"{self.words} ({self.sure.value})" if self.trigger is LockoutCause.ATTACK else ""


@dataclass(frozen=True, slots=True)
class _Run:
    """The failures that led to it, as the rules look at them."""

    failed: tuple[Attempt, ...]
    good: tuple[Attempt, ...]
    shared: Collection[str]
    keeps_trying: bool

    @property
    def via(self) -> Via:
        """The kind of software that failed most often."""
        return Counter(one.via for one in self.failed).most_common(1)[0][0]

    @property
    def pauses(self) -> list[float]:
        """Seconds between two failures, in order; one attempt can leave two events, as a failure and as a policy's."""
        kind = Counter((one.via, one.end) for one in self.failed).most_common(1)[0][0]
        alike = [one for one in self.failed if (one.via, one.end) == kind]
        return [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(alike)]

    @property
    def even(self) -> bool:
        """Whether they come as evenly, or as fast, as only a program's do."""
        pauses = sorted(self.pauses)
        if len(pauses) < FEW:
            return False
        middle = median(pauses)
        if middle < PEOPLE_TYPE.total_seconds():
            return True
        spread = pauses[3 * len(pauses) // 4] - pauses[len(pauses) // 4]
        return spread <= REGULAR * middle

    @property
    def strange(self) -> bool:
        """Whether none of the failures comes from where the person has signed in well."""
        known = {(one.ip, one.network) for one in self.good}
        networks = {network for _, network in known if network}
        places = {one.place for one in self.good if one.place}
        addresses = {ip for ip, _ in known if ip}
        return bool(self.good) and not any(
            one.ip in addresses or one.network in networks or one.place in places for one in self.failed
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    """One reading: when it fits, how sure it is then, and the words with `{client}` in them."""

    trigger: LockoutCause
    fits: Callable[[_Run], Sure | None]
    words: str
    keeps: str = ""


def _most(run: _Run, fits: Callable[[Attempt], bool]) -> bool:
    return 2 * sum(map(fits, run.failed)) > len(run.failed)


def _attack(run: _Run) -> Sure | None:
    script = _most(run, lambda one: one.via is Via.SCRIPT)
    proxy, threat = _most(run, lambda one: one.proxy), any(one.threat for one in run.failed)
    shared = _most(run, lambda one: bool(one.ip) and one.ip in run.shared)
    scattered = run.strange and len({one.ip for one in run.failed if one.ip}) >= FEW
    signs = sum((script, proxy, threat, shared, scattered, run.strange and script))
    if signs >= 2 or threat or shared:  # noqa: PLR2004 - one sign alone could be a colleague's script
        return Sure.LIKELY
    return Sure.GUESS if signs or (run.strange and run.via in {Via.UNKNOWN, Via.SCRIPT}) else None


def _by(via: Via) -> Callable[[_Run], Sure | None]:
    return lambda run: Sure.LIKELY if run.via is via else None


def _by_or_typed(via: Via) -> Callable[[_Run], Sure | None]:
    """Software that stores a password or asks for it: a few uneven failures could have been typed."""

    def fits(run: _Run) -> Sure | None:
        if run.via is not via:
            return None
        return Sure.LIKELY if run.even or run.keeps_trying or len(run.failed) > TYPED else Sure.GUESS

    return fits


def _factor(run: _Run) -> Sure | None:
    return Sure.CERTAIN if _most(run, lambda one: one.end is End.FACTOR) else None


def _stale(run: _Run) -> Sure | None:
    if run.via is Via.APP:
        return Sure.LIKELY
    return Sure.GUESS if run.even and (run.keeps_trying or run.via is not Via.BROWSER) else None


def _mistyped(run: _Run) -> Sure | None:
    if run.via is not Via.BROWSER:
        return None
    return Sure.GUESS if run.even or run.strange or run.keeps_trying else Sure.LIKELY


_RULES: Final = (
    _Rule(LockoutCause.FACTOR, _factor, "The second factor failed too often, by {client}"),
    _Rule(LockoutCause.ATTACK, _attack, "Somebody else seems to try passwords, by {client}"),
    _Rule(
        LockoutCause.MAIL,
        _by(Via.MAIL),
        "A mail client ({client}) sends an old password",
        "A mail client ({client}) keeps sending an old password",
    ),
    _Rule(
        LockoutCause.RADIUS,
        _by_or_typed(Via.RADIUS),
        "Wi-Fi or VPN by RADIUS ({client}) sends an old password",
        "Wi-Fi or VPN by RADIUS ({client}) keeps sending an old password",
    ),
    _Rule(
        LockoutCause.VPN,
        _by_or_typed(Via.VPN),
        "A VPN client ({client}) sends an old password",
        "A VPN client ({client}) keeps sending an old password",
    ),
    _Rule(
        LockoutCause.STALE,
        _stale,
        "Some program ({client}) sends an old password",
        "Some program ({client}) keeps sending an old password",
    ),
    _Rule(LockoutCause.MISTYPED, _mistyped, "The password was mistyped, in {client}"),
)


def diagnose(
    attempts: Sequence[Attempt], locked_at: datetime | None = None, *, shared: Collection[str] = ()
) -> Diagnosis:
    """What led to a lockout or to the failures.

    Args:
        attempts: One person's, in any order; good ones say where they usually sign in.
        locked_at: When they were locked; `None` where they were not.
        shared: Addresses from which many people are tried.
    """
    ordered = sorted(attempts, key=lambda one: (one.at, one.uuid))
    failed, good = [one for one in ordered if one.failed], tuple(one for one in ordered if not one.failed)
    before, after = _around(failed, locked_at)
    led = before or after
    if not led:
        return Diagnosis(LockoutCause.UNKNOWN, Sure.GUESS, "Nothing in the log says what led to it")
    # A directory's agent only passes on what other software sent, and leaves an event of its own.
    sent = tuple(one for one in led if one.via is not Via.DIRECTORY)
    client = _client(sent or led)
    keeps_trying = sum(one.client == client for one in after) > 1
    evidence = sorted(sent or before + after, key=lambda one: one.at, reverse=True)[:EVIDENCE]
    return _by_the_rules(_Run(sent or led, good, shared, keeps_trying), client, tuple(evidence))


def _around(failed: Sequence[Attempt], locked_at: datetime | None) -> tuple[tuple[Attempt, ...], tuple[Attempt, ...]]:
    """The failures up to a lock, or up to the last one where there is none, and those soon after the lock."""
    if locked_at is None:
        end = failed[-1].at if failed else None
        after: tuple[Attempt, ...] = ()
    else:
        end = locked_at
        after = tuple(one for one in failed if locked_at < one.at <= locked_at + AFTER)
    if end is None:
        return (), after
    return tuple(one for one in failed if end - RUN <= one.at <= end and one.end is not End.WHILE_LOCKED), after


def _by_the_rules(run: _Run, client: str, evidence: tuple[Attempt, ...]) -> Diagnosis:
    """The reading of the first rule that fits."""
    name, keeps = plain(client, limit=40) or "unknown software", run.keeps_trying
    for rule in _RULES:
        if (sure := rule.fits(run)) is not None:
            words = (rule.keeps if keeps and rule.keeps else rule.words).format(client=name)
            return Diagnosis(rule.trigger, sure, words, name, keeps, evidence)
    count = len(run.failed)
    words = f"{count} failed sign-ins by {name}, from what cannot be told" if count > 1 else f"A failure by {name}"
    return Diagnosis(LockoutCause.UNKNOWN, Sure.GUESS, words, name, keeps, evidence)


def _client(run: Sequence[Attempt]) -> str:
    """The software that failed most often, of the kind that did."""
    via = Counter(one.via for one in run).most_common(1)[0][0]
    return Counter(one.client for one in run if one.via is via).most_common(1)[0][0]


def directory_reading() -> Diagnosis:
    """For a lock that Active Directory made and Okta only tells of."""
    return Diagnosis(LockoutCause.DIRECTORY, Sure.CERTAIN, "Active Directory locked the account; Okta only tells of it")
