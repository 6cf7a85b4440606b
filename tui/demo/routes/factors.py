"""Factors of a user: list, catalogue, one, and the removal of one. Okta guards them with the users scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import enrolling, rights
from tui.demo.errors import ApiError, not_found
from tui.demo.events import party
from tui.demo.record import write_event
from tui.demo.routes.users import find_person, readable
from tui.demo.wire import Route, no_content, ok

if TYPE_CHECKING:
    from tui.demo.person import Person
    from tui.demo.wire import Call, Json, Reply

PATH = "/api/v1/users/{id}/factors"


def find_factor(call: Call, person: Person) -> Json:
    """Return the factor that the path names, as it is by now.

    Raises:
        ApiError: E0000007.
    """
    enrolling.settle(call.org, person, call.now)
    factor = call.org.enrolments.find(person, call.params["factorId"])
    if factor is None:
        raise not_found(call.params["factorId"], "UserFactor")
    return factor


def list_factors(call: Call) -> Reply:
    """GET …/factors: not paged."""
    person = readable(call, "factors.view")
    enrolling.settle(call.org, person, call.now)
    enrolments = call.org.enrolments
    return ok([enrolments.show(person, factor, call.base) for factor in enrolments.of(person)])


def list_catalog(call: Call) -> Reply:
    """GET …/factors/catalog: what could be enrolled."""
    person = readable(call, "factors.view")
    enrolling.settle(call.org, person, call.now)
    return ok(call.org.enrolments.catalog(person, call.base))


def list_questions(call: Call) -> Reply:
    """GET …/factors/questions: the security questions to choose from."""
    readable(call, "factors.view")
    return ok([{"question": key, "questionText": text} for key, text in enrolling.QUESTIONS.items()])


def get_factor(call: Call) -> Reply:
    """GET …/factors/{factorId}."""
    person = readable(call, "factors.view")
    return ok(call.org.enrolments.show(person, find_factor(call, person), call.base))


def delete_factor(call: Call) -> Reply:
    """DELETE …/factors/{factorId}: 204; not possible for a deactivated user."""
    person = find_person(call)
    factor = find_factor(call, person)
    rights.require_for(call.org, call.principal, "users.factors", person)
    take_away(call, person, factor, recovery=not call.flag("removeRecoveryEnrollment", default=False))
    return no_content()


def take_away(call: Call, person: Person, factor: Json, *, recovery: bool) -> None:
    """Remove a factor with what goes with it; with ``recovery`` a phone's number may still recover the account.

    Raises:
        ApiError: E0000038.
    """
    if person.status == "DEPROVISIONED":
        raise ApiError("E0000038")
    call.org.people.touch(person, float(int(call.now)))
    for removed in call.org.enrolments.remove(person, factor):
        write_event(call, "user.mfa.factor.deactivate", party(person), debug={"factor": str(removed["factorType"])})
    profile = factor["profile"]
    if factor["factorType"] in {"sms", "call"} and isinstance(profile, dict):
        if not recovery:
            person.recovery_phone = None
        elif factor["status"] == "ACTIVE":
            person.recovery_phone = str(profile.get("phoneNumber"))


ROUTES = (
    Route("GET", PATH, "okta.users.read", "user", list_factors),
    Route("GET", f"{PATH}/catalog", "okta.users.read", "user", list_catalog),
    Route("GET", f"{PATH}/questions", "okta.users.read", "user", list_questions),
    Route("GET", f"{PATH}/{{factorId}}", "okta.users.read", "user", get_factor),
    Route("DELETE", f"{PATH}/{{factorId}}", "okta.users.manage", "user-write", delete_factor),
)
