"""One person's lockouts as they are folded on disk: the cases without their attempts, and what waves are known by.

What is shown of a case stands in the fold. Its attempts are made again from the person's events when somebody looks at
them, so that opening the feed reads nobody's events.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta  # noqa: TC003 - msgspec reads the annotations
from sys import intern
from typing import TYPE_CHECKING, Final, overload

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from tui import __version__
from tui.desk.lockouts.attempts import Attempt
from tui.desk.lockouts.case import Case, Ended, Shut  # noqa: TC001 - as above
from tui.desk.lockouts.causes import Diagnosis, LockoutCause, Sure  # noqa: TC001 - as above
from tui.desk.lockouts.client_software import Via  # noqa: TC001 - as above
from tui.desk.lockouts.ends import NOT_FAILED, End  # noqa: TC001 - as above
from tui.desk.lockouts.person_cases import PersonHistory
from tui.desk.lockouts.spray import HOME_WINDOW, WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tui.okta.log_events import LogEvent

MADE_BY: Final = f"{__version__}/2"
"""What makes folds: the version of keydesk, and a number that grows with the rules. Others' folds count no more."""
SLACK: Final = timedelta(hours=1)
"""Attempts that are so much older than a wave looks back are kept all the same, since clocks differ."""
Unfold = Callable[[str], PersonHistory]
"""Makes the history of a person, by the id, from the stored events."""


class Folded(Struct):
    """One person's lockouts from the disk.

    Attributes:
        user_id: The id of the person.
        last: When the newest event happened.
        cases: The cases; nothing but the events is known in them, neither the status nor the policy.
        recent: The attempts that waves are known by: of a day, and of an hour those that failed.
        ips: The addresses of all attempts, where there are cases.
    """

    user_id: str
    last: datetime
    cases: tuple[Case, ...]
    recent: tuple[Attempt, ...]
    ips: frozenset[str]


class StoredAttempts(Sequence[Attempt]):
    """Attempts of a case from the disk, read when they are looked at.

    Args:
        unfold: Makes the history of the person.
        user_id: The id of the person.
        case_id: The id of the case.
        count: How many attempts there are.
        evidence: Whether these are the attempts that show the cause, rather than all of the case.
    """

    __slots__ = ("_case_id", "_count", "_evidence", "_unfold", "_user_id")

    def __init__(self, unfold: Unfold, user_id: str, case_id: str, count: int, *, evidence: bool) -> None:
        self._unfold = unfold
        self._user_id = user_id
        self._case_id = case_id
        self._count = count
        self._evidence = evidence

    def _read(self) -> Sequence[Attempt]:
        for case in self._unfold(self._user_id).cases:
            if case.id == self._case_id:
                return case.diagnosis.evidence if self._evidence else case.attempts
        return ()  # older than what is kept by now

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Attempt: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Attempt]: ...
    def __getitem__(self, place: int | slice) -> Attempt | Sequence[Attempt]:
        return self._read()[place]

    def __iter__(self) -> Iterator[Attempt]:
        return iter(self._read())

    def __reversed__(self) -> Iterator[Attempt]:
        return reversed(self._read())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash((self._user_id, self._case_id, self._evidence))

    def __repr__(self) -> str:
        return f"<{self._count} stored attempts>"


class _CaseRow(msgspec.Struct, array_like=True, gc=False):
    """A case on disk, but for what it shares with the person's other cases, and for its attempts."""

    id: str
    shut: Shut
    began: datetime
    cause: LockoutCause
    sure: Sure
    words: str
    client: str
    keeps_trying: bool
    strange: bool
    known: bool
    evidence: int
    attempts: int
    ended: Ended | None
    ended_at: datetime | None
    ended_by: str
    heals: bool | None
    locks_again: bool
    counted_from: datetime | None
    seen: bool
    also: tuple[str, ...]


class _AttemptRow(msgspec.Struct, array_like=True, gc=False):
    """An attempt on disk: the attributes of `Attempt`, in their order."""

    uuid: str
    at: datetime
    user_id: str
    login: str
    via: Via
    client: str
    ip: str
    place: str
    network: str
    proxy: bool
    end: End
    reason: str
    threat: bool
    method: str
    password_right: bool
    asked: bool
    told: bool
    fresh: bool
    by_phone: bool
    by: str
    until: datetime | None


class _PersonRow(msgspec.Struct, array_like=True, gc=False):
    """One person's fold on disk."""

    login: str
    name: str
    last: datetime
    cases: list[_CaseRow]
    recent: list[_AttemptRow]
    ips: list[str]


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_PersonRow)


def history_of(user_id: str, events: Iterable[LogEvent]) -> PersonHistory:
    """Return what the events of one person tell by themselves, the cases built."""
    history = PersonHistory(user_id)
    history.take_all(events)
    history.rebuild((), ())
    return history


def packed(history: PersonHistory) -> bytes:
    """Encode the fold of a history that `history_of` made."""
    last = history.newest
    recent = [attempt for attempt in history.attempts if attempt.at >= _oldest(last, failed=attempt.failed)]
    ips = {attempt.ip for attempt in history.attempts if attempt.ip} if history.cases else ()
    row = _PersonRow(
        history.login,
        history.name,
        last,
        [_case_row(case) for case in history.cases],
        [_AttemptRow(*(getattr(attempt, name) for name in _AttemptRow.__struct_fields__)) for attempt in recent],
        sorted(ips),
    )
    return _ENCODER.encode(row)


def _case_row(case: Case) -> _CaseRow:
    found = case.diagnosis
    return _CaseRow(
        case.id, case.shut, case.began, found.cause, found.sure, found.words, found.client, found.keeps_trying,
        found.strange, found.known, len(found.evidence), len(case.attempts), case.ended, case.ended_at, case.ended_by,
        case.heals, case.locks_again, case.counted_from, case.seen, case.also,
    )  # fmt: skip


def unpacked(user_id: str, body: bytes, unfold: Unfold, now: datetime) -> Folded:
    """Decode a fold.

    Args:
        user_id: The id of the person.
        body: The fold, as `packed` encoded it.
        now: The time, by which attempts are left out that no wave is known by any more.
        unfold: Makes the history of the person from the stored events, once the attempts of a case are looked at.

    Raises:
        msgspec.DecodeError: The fold is damaged.
    """
    row = _DECODER.decode(body)
    login, name = intern(row.login), intern(row.name)
    cases = tuple(_case(user_id, login, name, one, unfold) for one in row.cases)
    recent = tuple(_attempt(one) for one in row.recent if one.at >= _oldest(now, failed=one.end not in NOT_FAILED))
    return Folded(user_id, row.last, cases, recent, frozenset(map(intern, row.ips)))


def _oldest(now: datetime, *, failed: bool) -> datetime:
    """Return from when an attempt may count for a wave, as seen from a time."""
    return now - SLACK - (WINDOW if failed else HOME_WINDOW)


def _attempt(row: _AttemptRow) -> Attempt:
    for text in ("user_id", "login", "client", "ip", "place", "network", "reason", "method", "by"):
        setattr(row, text, intern(getattr(row, text)))  # a large org has few different ones
    return Attempt(*astuple(row))


def _case(user_id: str, login: str, name: str, row: _CaseRow, unfold: Unfold) -> Case:
    def stored(count: int, *, evidence: bool) -> Sequence[Attempt]:
        return StoredAttempts(unfold, user_id, row.id, count, evidence=evidence) if count else ()

    diagnosis = Diagnosis(
        row.cause, row.sure, intern(row.words), intern(row.client), row.keeps_trying,
        stored(row.evidence, evidence=True), row.strange, row.known,
    )  # fmt: skip
    return Case(
        row.id, user_id, login, name, row.shut, row.began, diagnosis, stored(row.attempts, evidence=False), row.ended,
        row.ended_at, row.ended_by, None, row.heals, row.locks_again, row.counted_from, row.seen, row.also,
    )  # fmt: skip
