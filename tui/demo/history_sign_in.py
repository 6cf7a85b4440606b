"""Why some of the cast cannot sign in although their account is in order: what the log holds of their last hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import stories
from tui.demo.events import party
from tui.demo.sources import BROWSERS, RADIUS, SPRAY
from tui.demo.times import HOUR, MINUTE

if TYPE_CHECKING:
    from tui.demo.org import Org


def write_sign_ins(org: Org) -> None:
    """Write one story each: a directory's lock and refusal, a policy's denial, a failing factor, an attack, typing."""
    journal, now = org.journal, org.origin
    iris, will, vera, una, zack, pia, julia = (
        org.people.named(name)
        for name in ("iris.blanc", "will.adams", "vera.lind", "una.walsh", "zack.moore", "pia.jensen", "julia.novak")
    )
    stories.lock_in_directory(journal, iris, now - 40 * MINUTE)
    stories.sign_in(journal, will, BROWSERS[2], now - 26 * HOUR, with_factor=False)
    journal.write(
        "policy.evaluate_sign_on",
        now - 25 * MINUTE,
        party(will),
        source=BROWSERS[4],
        result="DENY",
        reason="Sign-on policy evaluation resulted in DENY",
    )
    stories.sign_in(journal, vera, BROWSERS[3], now - 30 * HOUR, with_factor=True)
    for number in range(3):
        journal.write(
            "user.authentication.auth_via_mfa",
            now - (30 - number) * MINUTE,
            party(vera),
            (party(vera),),
            source=BROWSERS[3],
            result="FAILURE",
            reason="INVALID_CREDENTIALS",
            debug={"factor": "SMS_FACTOR"},
        )
    stories.sign_in(journal, una, BROWSERS[1], now - 8 * HOUR, with_factor=True)
    for number in range(2):
        stories.fail(journal, una, SPRAY[1], now - (50 - number) * MINUTE)
        stories.fail(journal, zack, RADIUS[0], now - (21 - 10 * number) * MINUTE)
    for seconds in (95, 41):
        stories.fail(journal, pia, BROWSERS[0], now - 10 * MINUTE - seconds)
    for seconds in (130, 60):
        journal.write(
            "user.authentication.auth_via_LDAP_agent",
            now - 15 * MINUTE - seconds,
            party(julia),
            (party(julia),),
            source=BROWSERS[1],
            result="FAILURE",
            reason="INVALID_CREDENTIALS",
        )
