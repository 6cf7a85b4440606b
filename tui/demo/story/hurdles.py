"""Those who cannot get in although their account is in order: one person, and one way to see why, for each hurdle.

The cast's names are fixed. Which people of Active Directory meet which of its refusals follows from the order of the
crowd: ``refused_by_directory`` tells.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from tui.demo.apps.assignments import app_party
from tui.demo.base.ids import event_uuid
from tui.demo.base.times import HOUR, MINUTE, iso
from tui.demo.log.events import SYSTEM, Manner, Party, party
from tui.demo.story import stories
from tui.demo.story.engine import BAD
from tui.demo.story.identity_engine import IdentityEngine
from tui.demo.story.methods import EMAIL, KEY, PUSH
from tui.demo.story.sources import BROWSERS, DESK, RADIUS, at_home
from tui.demo.story.visits import LDAP, REFUSALS, instance

if TYPE_CHECKING:
    from tui.demo.org import Org
    from tui.demo.people.person import Person
    from tui.demo.story.engine import Engine

UNREACHABLE = "DEL_AUTH_TIMEOUT"
"""What the log says when no agent answers in time."""
_MEMBERS_REFUSED = ("1330", "1907")
_NO_AGENT = "DEL_AUTH_NO_CONNECTED_AGENTS"


def write_hurdles(org: Org) -> None:
    """Write the last hour of all of them."""
    engine, now = stories.engine_of(org), org.origin
    _write_second_factors(org, engine, now)
    if isinstance(engine, IdentityEngine):
        _write_of_identity_engine(org, engine, now)
    _write_directories(org, engine, now)
    _write_denied(org, engine, now)
    _write_alarm(org, now)
    _write_oddities(org, now)


def _write_second_factors(org: Org, engine: Engine, now: float) -> None:
    """Write a lost phone, pushes that somebody refused, and a wrong code through RADIUS; each password was right."""
    yusuf, ann, omar = (org.people.named(name) for name in ("yusuf.demir", "ann.lee2", "omar.haddad"))
    engine.sign_in(yusuf, BROWSERS[0], now - 32 * HOUR, PUSH)
    for minutes in (50, 18):
        engine.give_up(
            engine.right_password(yusuf, BROWSERS[0], now - minutes * MINUTE), PUSH, now - (minutes - 6) * MINUTE
        )
    engine.sign_in(ann, BROWSERS[1], now - 27 * HOUR, PUSH)
    for minutes in (24, 21):
        engine.deny_push(engine.right_password(ann, BROWSERS[4], now - minutes * MINUTE), now - (minutes - 1) * MINUTE)
    for minutes in (33, 31, 30):
        engine.radius_factor(omar, RADIUS[0], now - minutes * MINUTE, "OKTA_SOFT_TOKEN")


def _write_of_identity_engine(org: Org, engine: IdentityEngine, now: float) -> None:
    """Write what only Identity Engine has: a phishing site, codes that rest, a wrong number, an unanswered push."""
    rosa, quinn, tara, uma = (
        org.people.named(name) for name in ("rosa.mendez", "quinn.baker", "tara.singh", "uma.rao")
    )
    engine.sign_in(rosa, BROWSERS[1], now - 29 * HOUR, PUSH)
    engine.stop_phishing(rosa, BROWSERS[1], now - 35 * MINUTE)
    trying = engine.right_password(quinn, BROWSERS[2], now - 6 * MINUTE)
    for seconds in (200, 160, 125, 80, 40):
        engine.answer(trying, EMAIL, now - 40 - seconds, BAD)
    engine.too_many_codes(trying, now - 40)
    engine.wrong_number(engine.right_password(tara, BROWSERS[0], now - 28 * MINUTE), now - 27 * MINUTE)
    other_way = engine.right_password(uma, BROWSERS[0], now - 46 * MINUTE)
    engine.give_up(other_way, PUSH, now - 40 * MINUTE, got_in=True)
    engine.answer(other_way, KEY, now - 39 * MINUTE)
    engine.let_in(other_way, KEY, now - 39 * MINUTE)


def refused_by_directory(org: Org) -> dict[str, Person]:
    """Return which people of the crowd Active Directory refuses, by Windows' code or by what the log says instead.

    An org without a crowd has none of them.
    """
    people, codes = org.people, [code for code in REFUSALS if code not in _MEMBERS_REFUSED]
    fitting = (
        person
        for person in people.from_index(len(people.members))
        if person.provider == "ACTIVE_DIRECTORY" and person.status == "ACTIVE"
    )
    return dict(zip((*codes, UNREACHABLE), islice(fitting, len(codes) + 1), strict=False))


def _write_directories(org: Org, engine: Engine, now: float) -> None:
    """Write what directories refused, and agents that did not answer."""
    olga, paul, mei, noah = (
        org.people.named(name) for name in ("olga.ivanova", "paul.dubois", "mei.tanaka", "noah.berg")
    )
    for person, code in ((olga, "1330"), (paul, "1907"), (mei, "1330")):
        engine.directory(person, at_home(BROWSERS[0], person), now - 22 * MINUTE, code)
        engine.directory(person, at_home(BROWSERS[0], person), now - 21 * MINUTE, code)
    org.journal.write("system.agent.ldap.disconnect", now - 19 * MINUTE, SYSTEM, (instance(org.ids, LDAP),))
    engine.no_agent(noah, at_home(BROWSERS[2], noah), now - 16 * MINUTE, _NO_AGENT)
    for number, (code, person) in enumerate(refused_by_directory(org).items()):
        source, at = at_home(BROWSERS[0], person), now - (14 + number) * MINUTE
        for when in (at, at + 40):
            if code == UNREACHABLE:
                engine.no_agent(person, source, when, code)
            else:
                engine.directory(person, source, when, code)
    org.journal.write(
        "user.account.update_password",
        now - 2 * HOUR,
        party(paul),
        (party(paul),),
        source=BROWSERS[1],
        uri="/idp/idx/challenge/answer"
        if isinstance(engine, IdentityEngine)
        else "/api/v1/authn/credentials/change_password",
        result="FAILURE",
        reason="Password could not be changed, please contact your administrator.",
        debug={"threatSuspected": "false"},
    )


def _write_denied(org: Org, engine: Engine, now: float) -> None:
    """Write an app that is not assigned, and a name that nobody has."""
    sven, pia = org.people.named("sven.olsen"), org.people.named("pia.jensen")
    engine.sign_in(sven, BROWSERS[1], now - 26 * MINUTE, PUSH)
    shown = [app for app in org.apps.all if app.row.status == "ACTIVE" and not app.row.hidden]
    lacking = [app for app in shown if org.apps.scope(app, sven) is None]
    if lacking:
        engine.not_assigned(sven, BROWSERS[1], now - 25 * MINUTE, app_party(lacking[0]))
    engine.unknown_name("pia.jensn@acme.example", BROWSERS[0], now - 12 * MINUTE, pia)


def _write_alarm(org: Org, now: float) -> None:
    """Write that somebody was told of a sign-in from a new device, beside a lock, and says that it was not theirs."""
    adam = org.people.named("adam.brooks")
    told = min((adam.status_changed or now) + 4 * MINUTE, now - 3 * MINUTE)
    someone, place = party(adam), BROWSERS[4].place
    org.journal.write(
        "system.email.new_device_notification.sent_message",
        told,
        someone,
        (someone,),
        source=BROWSERS[4],
        uri="/api/v1/authn",
        debug={"deviceFingerprint": f"{adam.salt:032x}", "threatSuspected": "false"},
    )
    where = ("", "", "", "", 0.0, 0.0) if place is None else place
    about = {
        "Browser": "CHROME",
        "EventCity": where[0],
        "EventState": str(where[1]),
        "EventCountry": where[2],
        "EventLatitude": f"{where[4]:.3f}",
        "EventLongitude": f"{where[5]:.3f}",
        "EventIp": BROWSERS[4].ip,
        "EventId": event_uuid(org.seed, 0xADA),
        "EventTransactionId": f"{adam.salt:032x}",
        "EventType": "system.email.new_device_notification.sent_message",
        "Os": BROWSERS[4].os,
        "Timestamp": iso(told),
    }
    org.journal.write(
        "user.account.report_suspicious_activity_by_enduser",
        told + 90,
        someone,
        (someone,),
        source=BROWSERS[1],
        uri="/api/internal/users/me/report-suspicious-activity",
        debug={f"suspiciousActivity{name}": value for name, value in about.items()},
    )


def _write_oddities(org: Org, now: float) -> None:
    """Write events that lack what others have: an outcome, a debug context, a place."""
    viktor, maria = org.people.named("viktor.kovacs"), org.people.named("maria.silva")
    token = Party(org.ids.make("00T", 77), "Token", "unknown", "Reporting")
    bucket = Party(event_uuid(org.seed, 0xB0C), "Bucket UUID", None, None)
    script = DESK.program("python-requests/2.31.0")
    limit = {
        "operationRateLimitType": "web_request",
        "operationRateLimitSubtype": "ssws_token",
        "operationRateLimitScopeType": "token",
        "operationRateLimitThreshold": "10",
        "operationRateLimitTimeSpan": "1",
        "operationRateLimitTimeUnit": "MINUTES",
        "operationRateLimitSecondsToReset": "47",
    }
    org.journal.write(
        "system.operation.rate_limit.violation",
        now - 70 * MINUTE,
        party(maria),
        (bucket, token),
        source=script,
        uri="/api/v1/logs",
        result=None,
        detail={"requestApiTokenId": token.id, "rootApiTokenId": token.id},
        debug=limit,
        manner=Manner(message="This API token has made too many requests"),
    )
    org.journal.write(
        "system.api_token.create", now - 60 * HOUR, party(maria), (token,), source=DESK, manner=Manner(blank=True)
    )
    gone = Party(org.ids.make("00T", 78), "Token", "unknown", "Old script")
    org.journal.write(
        "system.api_token.revoke", now - 40 * HOUR, party(viktor), (gone,), source=DESK, manner=Manner(blank=True)
    )
