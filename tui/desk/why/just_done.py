"""What a card says first after a change of this session: what was done, and then what the log says, as one sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tui.desk.people.own_changes import OwnChange
    from tui.desk.why.evidence import Evidence
    from tui.desk.why.verdict import Verdict

FRESH: Final = timedelta(hours=1)
"""So long a change stands first; whoever calls later asks about something else."""
DONE: Final[Mapping[str, str]] = {
    "unlock": "Unlocked by you",
    "clear-sessions": "Signed out everywhere by you",
    "resend-activation": "Activation mailed by you",
    "access-code": "Temporary access code made by you",
    "suspend": "Suspended by you",
    "contain": "Contained by you",
    "unsuspend": "Suspension ended by you",
    "remove-factor": "A factor removed by you",
    "reset-mfa": "All factors reset by you",
    "reset-password": "Reset mailed by you",
    "reset-link": "Reset link made by you",
    "temp-password": "Temporary password made by you",
    "expire-password": "Password expired by you",
}
"""What was done, by the id of the action; what is not here, such as software, has no part in a verdict."""


class _Wait(Struct, frozen=True):
    """What a change leaves to the person: the rules whose verdict is just this, what is still to come, and the step."""

    rules: frozenset[str]
    then: str
    step: str


_RESET: Final = frozenset({"recovery"})
_EXPIRED: Final = frozenset({"expired"})
_NOT_YET: Final = "; they have not chosen a new one yet"
_WAITS: Final[Mapping[str, _Wait]] = {
    "reset-password": _Wait(_RESET, _NOT_YET, "Have them follow the mail"),
    "reset-link": _Wait(_RESET, _NOT_YET, "Have them open the link"),
    "temp-password": _Wait(
        _EXPIRED, "; Okta asks for their own at the next sign-in", "Have them sign in with it, and choose their own"
    ),
    "expire-password": _Wait(
        _EXPIRED, "; Okta asks for a new one at the next sign-in", "Have them sign in, and choose a new one"
    ),
    "resend-activation": _Wait(
        frozenset({"staged", "provisioned"}), "; they have not chosen a password yet", "Have them follow the mail"
    ),
}


class JustDone(Struct, frozen=True):
    """A change of this session, as the headline of a card begins with it.

    Attributes:
        what: What was done: `Unlocked by you`; the age follows.
        at: When.
        then: What follows the age: `; they have not chosen a new one yet`, or `. ` and the verdict.
        step: The next step where it is no longer that of the verdict; empty where it is.
        good: Whether nothing has failed since.
    """

    what: str
    at: datetime
    then: str
    step: str = ""
    good: bool = False


def just_done(change: OwnChange | None, found: Verdict, e: Evidence) -> JustDone | None:
    """Return how a change goes before the verdict; `None` for none, one of long ago, or one that says nothing here.

    Args:
        change: The newest change for the person in this session.
        found: The verdict, which rests on the log and so also on what was before the change.
        e: The evidence of it.
    """
    if change is None or change.action not in DONE or e.now - change.at > FRESH:
        return None
    if not change.known:
        return JustDone(f"{change.title} sent by you", change.at, f", outcome not known. {found.headline}")
    what = DONE[change.action]
    if any(attempt.failed and attempt.at > change.at for attempt in e.attempts):
        return JustDone(what, change.at, f". Since then: {found.headline}")
    wait = _WAITS.get(change.action)
    if wait is not None and found.rule in wait.rules:
        return JustDone(what, change.at, wait.then, wait.step, good=True)
    if found.rule == "wrong" and change.action == "unlock":  # by those passwords they are not locked any more
        return JustDone(what, change.at, "; the wrong passwords were before that", good=True)
    return JustDone(what, change.at, f". {found.headline}")
