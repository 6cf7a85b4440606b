"""Stories that end in the log: a run of failures before a lock, an unlock, what a directory did, an attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.log.events import SYSTEM, Manner, Party, party
from tui.demo.story.classic import Classic
from tui.demo.story.identity_engine import IdentityEngine
from tui.demo.story.sources import DESK
from tui.demo.story.visits import AD, instance

if TYPE_CHECKING:
    from tui.demo.log.events import Source
    from tui.demo.log.journal import Journal
    from tui.demo.org import Org
    from tui.demo.people.person import Person
    from tui.demo.story.engine import Engine


def engine_of(org: Org) -> Engine:
    """Return what writes the sign-ins of an org, by its pipeline."""
    kind = IdentityEngine if org.pipeline == "idx" else Classic
    return kind(org.journal, org.ids)


def fail_and_lock(engine: Engine, person: Person, source: Source, at: float, *, for_good: bool = False) -> None:
    """Write the one failure that was too many, and the lock in the same request."""
    request_id = engine.fail(person, source, at)
    engine.lock(person, source, at + 0.006, request_id=request_id, for_good=for_good)


def run_and_lock(engine: Engine, person: Person, source: Source, at: float, *, failures: int, gap: float) -> None:
    """Write a run of failures whose last is the lock's, and one more attempt after it."""
    for number in range(failures - 1, 0, -1):
        engine.fail(person, source, at - number * gap)
    fail_and_lock(engine, person, source, at)
    engine.fail(person, source, at + gap, "LOCKED_OUT")


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
    journal.write("app.ad.api.user_import.account_locked", at, instance(journal.ids, AD), (party(person),))


def unlock_in_directory(journal: Journal, person: Person, at: float) -> None:
    """Write that the agent unlocked somebody in Active Directory."""
    journal.write("system.agent.ad.unlock_user_account", at, instance(journal.ids, AD), (party(person),))


def suspect_address(journal: Journal, source: Source, at: float) -> None:
    """Write that ThreatInsight refused an address: the address is the actor, and no person is named."""
    address = Party(source.ip, "IP address", "unknown", source.ip)
    journal.write(
        "security.threat.detected",
        at,
        address,
        source=source,
        result="DENY",
        reason="Password Spray, Login Failures",
        debug={
            "threatSuspected": "true",
            "threatDetections": '{"Password Spray":"HIGH","Login Failures":"MEDIUM"}',
            "dtHash": "0" * 64,
        },
        manner=Manner("unknown", "unknown"),
    )
