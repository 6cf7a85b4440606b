"""Events that others have recorded from real orgs, and what keydesk says of each: read one by one, as of one person.

The events lie outside the project; each file says what a careful reader concludes, and how sure that is. Sixteen older
ones say nothing; what their publishers' own rules and the notes beside the events conclude stands here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tests.conftest import SHARED
from tui.desk.lockouts.ends import End
from tui.desk.lockouts.marks import locks_new_devices
from tui.desk.lockouts.steps import step_of
from tui.desk.people.person import Part, Person
from tui.desk.why.evidence import Evidence
from tui.desk.why.why import verdict
from tui.okta.decode import decode
from tui.okta.log_events import LogEvent
from tui.okta.models import Block, User

if TYPE_CHECKING:
    from pathlib import Path

    from tui.desk.lockouts.causes import Sure

OLDER: Final = {
    "log_auth_via_mfa": ("phishing-stopped", "certain"),
    "log_policy_evaluate_sign_on_challenge": ("not-a-sign-in", "likely"),
    "log_session_start_failure_invalid_credentials": ("wrong-password", "certain"),
    "log_session_start_failure_verification": ("no-such-name", "certain"),
    "log_session_start_success": ("right-password-only", "likely"),
    "log_suspicious_activity": ("reported", "certain"),
    "log_threat_detected": ("policy-denied", "certain"),
    "log_user_account_lock": ("locked", "certain"),
    "log_user_account_lock_full": ("locked", "certain"),
}
"""What the recordings without a reading of their own show; all others of them are no sign-ins."""
NOT_KNOWN: Final = "not known"
_SAYS: Final = {
    "reported": "reported",
    "phishing": "phishing-stopped",
    "push-denied": "second-factor-denied-by-user",
    "no-such-name": "no-such-name",
    "codes-rest": "second-factor-failed",
    "factor": "second-factor-failed",
    "factorless": "second-factor-failed",
    "stuck": "right-password-only",
    "unfinished": "right-password-only",
    "denied": "policy-denied",
    "not-assigned": "policy-denied",
    "wrong": "wrong-password",
    "wrong-stale": "wrong-password",
    "wrong-directory": "wrong-password",
    "fine": "finished-sign-in",
    "nothing-reached": "not-a-sign-in",
}
"""The reading that each rule of a verdict means; the others say that the log does not settle it."""
_LATER: Final = timedelta(minutes=3)


@dataclass(frozen=True)
class Said:
    """What keydesk says of one recording.

    Attributes:
        name: The recording.
        truth: What a careful reader concludes.
        settled: How sure that is: `certain`, `likely` or `low`.
        also: Other readings that the recording's keeper allows, as text.
        says: What keydesk says, in the same words; `NOT_KNOWN` where it says that.
        sure: How sure keydesk is.
        headline: The words for the agent.
    """

    name: str
    truth: str
    settled: str
    also: str
    says: str
    sure: Sure | None
    headline: str

    @property
    def mark(self) -> str:
        """`right`, `not known` or `WRONG`."""
        if self.says == self.truth or (self.says != NOT_KNOWN and self.says in _ALLOWED.get(self.name, ())):
            return "right"
        return NOT_KNOWN if self.says == NOT_KNOWN else "WRONG"


_ALLOWED: Final = {
    # The keeper reads it as a wrong password with low confidence, "or not this person's: unknown user name".
    "session_start_failure_verification_error_unknown_actor": ("no-such-name",),
}


def recorded() -> list[Path]:
    """Return the files of all recorded events."""
    events = sorted((SHARED / "okta" / "events").glob("[a-z]*.json"))
    return [*events, *sorted((SHARED / "okta" / "recorded").glob("log_*.json"))]


def say(path: Path) -> Said:
    """Return what keydesk says of one recording, as if the person it names called three minutes later."""
    raw = json.loads(path.read_text())
    events = _events(raw["body"])
    truth, settled = raw.get("reading"), raw.get("reading_confidence")
    if truth is None:
        truth, settled = OLDER.get(path.stem, ("not-a-sign-in", "certain"))
    person = next((event.person for event in events if event.person), None)
    if person is None or person.id in {None, "unknown"}:
        return _said_of_nobody(path.stem, truth, settled, events)
    times = [at for event in events if (at := event.at)]
    now = (max(times) if times else datetime(2026, 1, 1, tzinfo=UTC)) + _LATER
    found = verdict(Evidence(_person(person.id or "", events), now, tuple(events)))
    return Said(
        path.stem,
        truth,
        settled,
        " ".join(raw.get("also_possible", ())),
        "locked" if found.rule.startswith(("locked", "blocked")) else _SAYS.get(found.rule, NOT_KNOWN),
        found.sure,
        found.headline,
    )


def _said_of_nobody(name: str, truth: str, settled: str, events: list[LogEvent]) -> Said:
    """Return what keydesk says of events that name nobody: no verdict about a person can rest on them alone."""
    ends = {step.end for event in events if (step := step_of(event)) is not None}
    says = {End.DENIED: "policy-denied", End.NO_SUCH_NAME: "no-such-name"}
    word = next((says[end] for end in ends if end in says), NOT_KNOWN if ends else "not-a-sign-in")
    return Said(name, truth, settled, "", word, None, "(of no person)")


def _events(body: Any) -> list[LogEvent]:  # noqa: ANN401 - JSON
    rows = body if isinstance(body, list) else [body]
    for number, row in enumerate(rows):
        row.setdefault("uuid", f"recorded-{number}")
        if row.get("published") == "redacted":
            row["published"] = "2026-01-01T12:00:00.000Z"
    return decode(json.dumps(rows).encode(), list[LogEvent])


def _person(user_id: str, events: list[LogEvent]) -> Person:
    """Return the person in the state that the events leave them in."""
    lock = next((event for event in events if event.event_type == "user.account.lock"), None)
    blocked = lock is not None and locks_new_devices(lock)
    status = "LOCKED_OUT" if lock is not None and not blocked else "ACTIVE"
    user = User(id=user_id, status=status, status_changed=lock.published if lock else None)
    blocks = (Block(type="DEVICE_BASED", applies_to="UNKNOWN_DEVICES"),) if blocked else ()
    return Person(user, 0.0, blocks=Part(value=blocks))
