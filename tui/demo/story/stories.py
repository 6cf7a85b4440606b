"""Stories that end in the log: a run of failures before a lock, an unlock, an ordinary sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.log.events import SYSTEM, Party, party
from tui.demo.story.sources import DESK

if TYPE_CHECKING:
    from tui.demo.log.events import Source
    from tui.demo.log.journal import Journal
    from tui.demo.people.person import Person

_AD = Party("0oa0000000000ADAGENT", "AppInstance", "corp.acme.example", "Active Directory")
# Of so many locks, one names the person as target too; the others name them as actor only, and target is null.
_NAMED_IN = 4


def fail(journal: Journal, person: Person, source: Source, at: float, reason: str = "INVALID_CREDENTIALS") -> None:
    """Write one failed sign-in."""
    journal.write(
        "user.session.start",
        at,
        party(person),
        source=source,
        result="FAILURE",
        reason=reason,
        debug={"loginResult": reason},
    )


def lock(journal: Journal, person: Person, source: Source, at: float, *, for_good: bool = False) -> None:
    """Write the lock itself, which may be for good: the person is the actor, and only sometimes the target too."""
    someone = party(person)
    targets = (someone,) if person.index % _NAMED_IN == 0 else ()
    kind = "user.account.lock.limit" if for_good else "user.account.lock"
    journal.write(kind, at, someone, targets, source=source, result="FAILURE", reason="LOCKED_OUT")


def run_and_lock(journal: Journal, person: Person, source: Source, at: float, *, failures: int, gap: float) -> None:
    """Write a run of failures that ends in a lock at a time, and one more attempt after it."""
    for number in range(failures, 0, -1):
        fail(journal, person, source, at - number * gap)
    lock(journal, person, source, at)
    fail(journal, person, source, at + gap, "LOCKED_OUT")


def unlock(journal: Journal, person: Person, at: float, how: str, admin: Party | None = None) -> None:
    """Write an unlock by the policy's timer, by the person, or by an administrator."""
    someone = party(person)
    if how == "admin" and admin is not None:
        journal.write("user.account.unlock_by_admin", at, admin, (someone,), source=DESK)
    elif how == "self":
        journal.write("user.account.unlock", at, someone, (someone,), source=DESK, uri="/api/v1/authn/recovery/unlock")
    else:
        journal.write("user.account.unlock", at, SYSTEM, (someone,))


def lock_in_directory(journal: Journal, person: Person, at: float) -> None:
    """Write that Active Directory locked somebody, as its agent reports with the next import."""
    journal.write("app.ad.api.user_import.account_locked", at, _AD, (party(person),))


def unlock_in_directory(journal: Journal, person: Person, at: float) -> None:
    """Write that the agent unlocked somebody in Active Directory."""
    journal.write("system.agent.ad.unlock_user_account", at, _AD, (party(person),))


def sign_in(journal: Journal, person: Person, source: Source, at: float, *, with_factor: bool) -> None:
    """Write an ordinary sign-in, with a second factor or without."""
    someone = party(person)
    dashboard = Party("0oa0000000DASHBOARD", "AppInstance", "Okta Dashboard", "Okta Dashboard")
    journal.write("user.session.start", at, someone, (dashboard,), source=source)
    if with_factor:
        journal.write(
            "user.authentication.auth_via_mfa",
            at + 4,
            someone,
            (someone,),
            source=source,
            debug={"factor": "OKTA_VERIFY_PUSH"},
        )
