"""Diagnose a lockout from the attempts before it: which software, whose mistake, and how sure that is."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.lockouts.client_software import Via
from tui.desk.lockouts.ends import FACTOR_ENDS, PASSWORD_ENDS, End
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt

RUN: Final = timedelta(hours=1)
"""The attempts so long before a lock led to it."""
AFTER: Final = timedelta(minutes=15)
"""Attempts within this time after a lock show that some software keeps trying."""
EVIDENCE: Final = 10
"""The most attempts that a diagnosis names as evidence."""
REGULAR: Final = 0.25
"""A program's attempts are spaced evenly: the middle half of their pauses differs by at most this share."""
FEW: Final = 3
"""Fewer pauses than this do not show whether they are even; fewer addresses are not scattered."""
TYPED: Final = 6
"""More failures than this in one run are seldom typed by a person."""
PEOPLE_TYPE: Final = timedelta(seconds=2)
"""No person types a password again within this time."""


class LockoutCause(StrEnum):
    """What led to a lockout; the value is the word in JSON."""

    MAIL = "mail"  # a mail client with an old password
    RADIUS = "radius"  # Wi-Fi or VPN by RADIUS with an old password
    VPN = "vpn"  # a VPN client with an old password
    STALE = "stale"  # other software that keeps sending an old password
    MISTYPED = "mistyped"
    ATTACK = "attack"  # somebody else tries
    FACTOR = "factor"  # too many failures of the second factor
    DIRECTORY = "directory"  # Active Directory locked the account; Okta only reports it
    UNKNOWN = "unknown"


class Sure(StrEnum):
    """How sure a diagnosis is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "a guess"


class Diagnosis(Struct, frozen=True):
    """What led to a lockout, and the evidence for it.

    Attributes:
        cause: The cause.
        sure: How sure the cause is.
        words: The cause in one harmless sentence for an agent: `A mail client (Outlook) keeps sending an old password`.
        client: The software that failed most often, harmless; empty for none.
        keeps_trying: Whether attempts went on after the lock, so that an unlock alone will not last.
        evidence: The attempts that show the cause, newest first, at most ten.
        strange: Whether no failure is from an address, network or place of a good sign-in.
        known: Whether each failure is from one.
    """

    cause: LockoutCause
    sure: Sure
    words: str
    client: str = ""
    keeps_trying: bool = False
    evidence: Sequence[Attempt] = ()
    strange: bool = False
    known: bool = False

    @property
    def stale(self) -> bool:
        """Whether some software sends an old password."""
        return self.cause in {LockoutCause.MAIL, LockoutCause.RADIUS, LockoutCause.VPN, LockoutCause.STALE}

    @property
    def attack(self) -> str:
        """The signs of an attack, in harmless words; empty where there are none."""
        return f"{self.words} ({self.sure.value})" if self.cause is LockoutCause.ATTACK else ""


class _Run(Struct, frozen=True):
    """The failures that led to a lockout, with the properties that the rules test."""

    failed: tuple[Attempt, ...]
    good: tuple[Attempt, ...]
    shared: Collection[str]
    keeps_trying: bool

    @property
    def via(self) -> Via:
        """The kind of software that failed most often."""
        return Counter(attempt.via for attempt in self.failed).most_common(1)[0][0]

    @property
    def pauses(self) -> list[float]:
        """Seconds between two failures of the commonest kind, since one attempt can leave events of two kinds."""
        kind = Counter((attempt.via, attempt.end) for attempt in self.failed).most_common(1)[0][0]
        alike = [attempt for attempt in self.failed if (attempt.via, attempt.end) == kind]
        return [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(alike)]

    @property
    def even(self) -> bool:
        """Whether the failures are as evenly spaced, or as fast, as only a program's are."""
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
        """Whether no failure is from an address, network or place of a good sign-in."""
        failed = [attempt for attempt in self.failed if attempt.ip and not attempt.by_phone]
        return bool(failed) and bool(self.at_home) and not any(map(self._is_known, failed))

    @property
    def known(self) -> bool:
        """Whether each failure is from an address, network or place of a good sign-in."""
        failed = [attempt for attempt in self.failed if not attempt.by_phone]
        return bool(failed) and all(map(self._is_known, failed))

    @property
    def at_home(self) -> list[Attempt]:
        """The good sign-ins whose address is that of the device that signed in."""
        return [attempt for attempt in self.good if attempt.ip and not attempt.by_phone]

    def _is_known(self, attempt: Attempt) -> bool:
        return any(
            attempt.ip == good.ip
            or bool(attempt.network and attempt.network == good.network)
            or bool(attempt.place and attempt.place == good.place)
            for good in self.at_home
        )


DIRECTORY_SAYS: Final = {
    End.DIRECTORY_LOCKED: "The directory refuses them: the account is locked there",
    End.DIRECTORY_DISABLED: "The directory refuses them: the account is disabled there",
    End.DIRECTORY_PASSWORD_EXPIRED: "The directory refuses them: the password has expired there",
    End.DIRECTORY_MUST_CHANGE: "The directory refuses them: they must change the password there first",
    End.DIRECTORY_ACCOUNT_EXPIRED: "The directory refuses them: the account has expired there",
    End.DIRECTORY_HOURS: "The directory refuses them: not within the hours in which they may sign in",
    End.DIRECTORY_WORKSTATION: "The directory refuses them: not from this computer",
    End.DIRECTORY_SILENT: "No agent of the directory answered; it is no fault of theirs",
}
"""What a directory's agent said, in a sentence without a full stop; no ending of it is a mistyped password."""


class _Rule(Struct, frozen=True):
    """One cause: the test that returns how sure the cause is, and the words with `{client}` in them."""

    cause: LockoutCause
    test: Callable[[_Run], Sure | None]
    words: str
    words_if_trying: str = ""


def _most(run: _Run, test: Callable[[Attempt], bool]) -> bool:
    """Whether most failures pass a test."""
    return 2 * sum(map(test, run.failed)) > len(run.failed)


def _attack(run: _Run) -> Sure | None:
    script = _most(run, lambda attempt: attempt.via is Via.SCRIPT)
    proxy, threat = _most(run, lambda attempt: attempt.proxy), any(attempt.threat for attempt in run.failed)
    shared = _most(run, lambda attempt: bool(attempt.ip) and attempt.ip in run.shared)
    scattered = run.strange and len({attempt.ip for attempt in run.failed if attempt.ip}) >= FEW
    signs = sum((script, proxy, threat, shared, scattered, run.strange and script))
    if signs >= 2 or threat or shared:  # noqa: PLR2004 - one sign alone could be a colleague's script
        return Sure.LIKELY
    # From elsewhere, a factor that fails may be the person's own, who refuses somebody with the right password.
    factor = any(attempt.end in FACTOR_ENDS for attempt in run.failed)
    return Sure.GUESS if signs or (run.strange and (factor or run.via in {Via.UNKNOWN, Via.SCRIPT})) else None


def _tries_passwords(run: _Run) -> Sure | None:
    return _attack(run) if _password(run) else None


def _alarm(end: End) -> Callable[[_Run], Sure | None]:
    """Test for an alarm: one is enough, whatever else failed."""
    return lambda run: Sure.LIKELY if any(attempt.end is end for attempt in run.failed) else None


def _directory_said(end: End) -> Callable[[_Run], Sure | None]:
    """Test for what a directory's agent names: likely, since no event of one was ever recorded."""
    return lambda run: Sure.LIKELY if _most(run, lambda attempt: attempt.end is end) else None


def _password(run: _Run) -> bool:
    """Whether most failures are of a password; where that is not told, no software is blamed for an old one."""
    return _most(run, lambda attempt: attempt.end in PASSWORD_ENDS)


def _by(via: Via) -> Callable[[_Run], Sure | None]:
    return lambda run: Sure.LIKELY if run.via is via and _password(run) else None


def _by_or_typed(via: Via) -> Callable[[_Run], Sure | None]:
    """Test for software that stores a password or asks for it: a few uneven failures could have been typed."""

    def test(run: _Run) -> Sure | None:
        if run.via is not via or not _password(run):
            return None
        return Sure.LIKELY if run.even or run.keeps_trying or len(run.failed) > TYPED else Sure.GUESS

    return test


def _factor(run: _Run) -> Sure | None:
    """Test for the second factor: certain where the events themselves name it, in a form that was recorded."""
    if not _most(run, lambda attempt: attempt.end in FACTOR_ENDS):
        return None
    return Sure.CERTAIN if _most(run, _names_the_factor) else Sure.LIKELY


def _names_the_factor(attempt: Attempt) -> bool:
    if attempt.end is End.RATE_LIMITED:
        return True
    return attempt.end is End.FACTOR and attempt.told and attempt.via is not Via.RADIUS


def _stale(run: _Run) -> Sure | None:
    if not _password(run):
        return None
    if run.via is Via.APP:
        return Sure.LIKELY
    return Sure.GUESS if run.even and (run.keeps_trying or run.via is not Via.BROWSER) else None


def _mistyped(run: _Run) -> Sure | None:
    if run.via is not Via.BROWSER or not _password(run):
        return None
    return Sure.GUESS if run.even or run.strange or run.keeps_trying else Sure.LIKELY


_RULES: Final = (
    _Rule(LockoutCause.ATTACK, _alarm(End.PHISHING), "FastPass refused a page that is not Okta's: phishing"),
    _Rule(LockoutCause.ATTACK, _alarm(End.PUSH_DENIED), "A push was denied on their phone"),
    _Rule(LockoutCause.ATTACK, _alarm(End.WRONG_NUMBER), "A push was answered with a wrong number"),
    _Rule(LockoutCause.ATTACK, _tries_passwords, "Somebody else seems to try passwords, by {client}"),
    _Rule(LockoutCause.ATTACK, _attack, "Somebody else seems to try to get in, by {client}"),
    _Rule(LockoutCause.FACTOR, _factor, "The second factor failed, by {client}"),
    *(_Rule(LockoutCause.DIRECTORY, _directory_said(end), words) for end, words in DIRECTORY_SAYS.items()),
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
    """Return what led to a lockout, or to the failures of somebody who is not locked.

    Args:
        attempts: One person's attempts, in any order; good ones show from where the person usually signs in.
        locked_at: When the person was locked; `None` where they were not.
        shared: Addresses from which many people are tried.
    """
    ordered = sorted(attempts, key=lambda attempt: (attempt.at, attempt.uuid))
    failed = [attempt for attempt in ordered if attempt.failed]
    good = tuple(attempt for attempt in ordered if attempt.good)
    before, after = _split(failed, locked_at)
    run = before or after
    if not run:
        return Diagnosis(LockoutCause.UNKNOWN, Sure.GUESS, "Nothing in the log says what led to it")
    client = _client(run)
    keeps_trying = sum(attempt.client == client for attempt in after) > 1
    evidence = sorted(run, key=lambda attempt: attempt.at, reverse=True)[:EVIDENCE]
    return _apply_rules(_Run(run, good, shared, keeps_trying), client, tuple(evidence))


def _split(failed: Sequence[Attempt], locked_at: datetime | None) -> tuple[tuple[Attempt, ...], tuple[Attempt, ...]]:
    """Return the failures in the hour before the lock, or before the last failure, and those soon after the lock."""
    if locked_at is None:
        end = failed[-1].at if failed else None
        after: tuple[Attempt, ...] = ()
    else:
        end = locked_at
        after = tuple(attempt for attempt in failed if locked_at < attempt.at <= locked_at + AFTER)
    if end is None:
        return (), after
    before = (attempt for attempt in failed if end - RUN <= attempt.at <= end)
    return tuple(attempt for attempt in before if attempt.end not in {End.WHILE_LOCKED, End.NOT_ASSIGNED}), after


def _apply_rules(run: _Run, client: str, evidence: tuple[Attempt, ...]) -> Diagnosis:
    """Return the diagnosis by the first rule whose test passes."""
    name, keeps_trying = plain(client, limit=40) or "unknown software", run.keeps_trying
    for rule in _RULES:
        if (sure := rule.test(run)) is not None:
            words = (rule.words_if_trying if keeps_trying and rule.words_if_trying else rule.words).format(client=name)
            return Diagnosis(rule.cause, sure, words, name, keeps_trying, evidence, run.strange, run.known)
    count = len(run.failed)
    words = f"{count} failed sign-ins by {name}, from what cannot be told" if count > 1 else f"A failure by {name}"
    return Diagnosis(LockoutCause.UNKNOWN, Sure.GUESS, words, name, keeps_trying, evidence, run.strange, run.known)


def _client(run: Sequence[Attempt]) -> str:
    """Return the software that failed most often, of the kind that failed most often."""
    via = Counter(attempt.via for attempt in run).most_common(1)[0][0]
    return Counter(attempt.client for attempt in run if attempt.via is via).most_common(1)[0][0]


def reported_diagnosis() -> Diagnosis:
    """Return the diagnosis for a person who has reported suspicious activity: it stands above all else."""
    return Diagnosis(LockoutCause.ATTACK, Sure.CERTAIN, "They have reported suspicious activity themselves")


def directory_diagnosis() -> Diagnosis:
    """Return the diagnosis for a lock that Active Directory made and Okta only reports."""
    return Diagnosis(LockoutCause.DIRECTORY, Sure.CERTAIN, "Active Directory locked the account; Okta only tells of it")
