"""Factors of a user: list, catalogue, one, and the removal of one. Okta guards them with the users scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.errors import ApiError, not_found
from tui.demo.events import party
from tui.demo.record import write_event
from tui.demo.routes.users import find_person, readable
from tui.demo.wire import Route, no_content, ok

if TYPE_CHECKING:
    from tui.demo.person import Person
    from tui.demo.wire import Call, Json, Reply

_PATH = "/api/v1/users/{id}/factors"


def _factor(call: Call, person: Person) -> Json:
    factor = call.org.enrolments.find(person, call.params["factorId"])
    if factor is None:
        raise not_found(call.params["factorId"], "UserFactor")
    return factor


def list_factors(call: Call) -> Reply:
    """GET …/factors: not paged."""
    person = readable(call, "factors.view")
    enrolments = call.org.enrolments
    return ok([enrolments.show(person, factor, call.base) for factor in enrolments.of(person)])


def list_catalog(call: Call) -> Reply:
    """GET …/factors/catalog: what could be enrolled."""
    person = readable(call, "factors.view")
    return ok(call.org.enrolments.catalog(person, call.base))


def get_factor(call: Call) -> Reply:
    """GET …/factors/{factorId}."""
    person = readable(call, "factors.view")
    return ok(call.org.enrolments.show(person, _factor(call, person), call.base))


def delete_factor(call: Call) -> Reply:
    """DELETE …/factors/{factorId}: 204; not possible for a deactivated user."""
    person = find_person(call)
    factor = _factor(call, person)
    rights.require_for(call.org, call.principal, "users.factors", person)
    if person.status == "DEPROVISIONED":
        raise ApiError("E0000038")
    call.org.people.touch(person, float(int(call.now)))
    for removed in call.org.enrolments.remove(person, factor):
        write_event(call, "user.mfa.factor.deactivate", party(person), debug={"factor": str(removed["factorType"])})
    return no_content()


ROUTES = (
    Route("GET", _PATH, "okta.users.read", "user", list_factors),
    Route("GET", f"{_PATH}/catalog", "okta.users.read", "user", list_catalog),
    Route("GET", f"{_PATH}/{{factorId}}", "okta.users.read", "user", get_factor),
    Route("DELETE", f"{_PATH}/{{factorId}}", "okta.users.manage", "user-write", delete_factor),
)
