"""The last hours of those of the cast who cannot sign in, one story for each reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import stories
from tui.demo.events import party
from tui.demo.sources import BROWSERS
from tui.demo.times import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from tui.demo.org import Org
    from tui.demo.person import Person

# Nobody types as evenly as a program: seconds before the lock.
_TYPED = (96, 81, 74, 60, 55, 41, 33, 24, 19, 8)
_FACTOR = (190, 131, 104, 62, 21)


def write_stuck(org: Org) -> None:
    """Write one story each: a limit, a factor, a lock just now, a borrowed device, no factor, a lock long ago."""
    now = float(int(org.origin))
    kai, lena, milo, nora, otto, petra = (
        org.people.named(name)
        for name in ("kai.nguyen", "lena.hoff", "milo.grant", "nora.blum", "otto.reyes", "petra.vogel")
    )
    _limit(org, kai, now - 55 * MINUTE)
    _by_factor(org, lena, now - 35 * MINUTE)
    _typed(org, milo, now - 3 * MINUTE)
    stories.lock(org.journal, milo, BROWSERS[0], now - 3 * MINUTE)
    _locked_at(milo, now - 3 * MINUTE)
    org.life.heal_later(milo)
    stories.sign_in(org.journal, nora, BROWSERS[1], now - 28 * HOUR, with_factor=True)
    nora.last_login = now - 28 * HOUR
    for seconds in (260, 215, 190, 120, 95, 40):
        stories.fail(org.journal, nora, BROWSERS[4], now - 90 * MINUTE - seconds)
    for seconds in (2400, 1500, 300):
        org.journal.write(
            "policy.evaluate_sign_on",
            now - seconds,
            party(otto),
            source=BROWSERS[2],
            result="DENY",
            reason="Sign-on policy evaluation resulted in DENY: no factor enrolled",
        )
    _locked_at(petra, now - 20 * DAY)


def _locked_at(person: Person, at: float) -> None:
    person.status_changed = person.last_updated = at
    person.last_login = at - 20 * HOUR


def _typed(org: Org, person: Person, at: float) -> None:
    for seconds in _TYPED[-org.policies.of(person).row.attempts :]:
        stories.fail(org.journal, person, BROWSERS[0], at - seconds)


def _limit(org: Org, person: Person, at: float) -> None:
    """Locked and healed twice, and then for good."""
    for hours in (3, 2):
        _typed(org, person, at - hours * HOUR)
        stories.lock(org.journal, person, BROWSERS[0], at - hours * HOUR)
        stories.unlock(org.journal, person, at - hours * HOUR + 10 * MINUTE, "timer")
    _typed(org, person, at)
    stories.lock(org.journal, person, BROWSERS[0], at, for_good=True)
    _locked_at(person, at)


def _by_factor(org: Org, person: Person, at: float) -> None:
    """The password is right each time, the code is not."""
    for seconds in _FACTOR:
        org.journal.write(
            "user.authentication.auth_via_mfa",
            at - seconds,
            party(person),
            (party(person),),
            source=BROWSERS[3],
            result="FAILURE",
            reason="INVALID_CREDENTIALS",
            debug={"factor": "GOOGLE_AUTHENTICATOR"},
        )
    stories.lock(org.journal, person, BROWSERS[3], at)
    _locked_at(person, at)
