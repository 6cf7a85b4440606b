"""Users: made, changed and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.apps.assignments import group_party
from tui.demo.base.errors import ApiError, not_found
from tui.demo.base.json import read_part
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.request import Route, no_content, ok
from tui.demo.log.events import party
from tui.demo.people import passwords, profiles
from tui.demo.people.person import DIRECTORY, NO_PASSWORD
from tui.demo.routes.lifecycle import switch_off
from tui.demo.routes.users import find_person, user_body
from tui.demo.story import newcomers

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.groups.group import Group
    from tui.demo.http.request import Request, Response
    from tui.demo.people.person import Person

_MANAGE = "okta.users.manage"
# Directory people come by import only. Okta: "Create a user", authentication provider.
_MADE_HERE = frozenset({"OKTA", "FEDERATION", "SOCIAL", "IMPORT"})
_MOST_GROUPS = 20
# A password set by an administrator ends these; the others stay what they are.
_ENDED_BY_PASSWORD = frozenset({"PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT"})


def create_user(request: Request) -> Response:
    """POST /api/v1/users?activate=true&provider=false&nextLogin=changePassword."""
    body = read_object(request)
    groups = _groups(request, body)
    grants = rights.require(request.principal, "users.create")
    names = rights.limits(grants)
    if names is not None and not any(group.name in names for group in groups):
        raise ApiError("E0000006")
    for group in groups:
        rights.require_group(request.org.roles, request.principal, "groups.members", group)
    given, credentials = read_part(body, "profile"), read_part(body, "credentials")
    people, now = request.org.people, float(int(request.now))
    profiles.check(people, given, None, whole=True)
    _check_type(request, body)
    provider, name = _provider(request, credentials)
    person = newcomers.make(request.org, str(given["login"]), provider, name, now)
    profiles.write(people, person, given, whole=True)
    _check_secrets(request, person, credentials)
    _set_secrets(person, credentials, now)
    _check_next_login(request, person)
    people.admit(person, request.now)
    log_event(request, "user.lifecycle.create", party(person))
    if request.flag("activate", default=True):
        person.status = _first_status(request, person)
        person.activated = person.status_changed = now
        log_event(request, "user.lifecycle.activate", party(person))
    for group in groups:
        if request.org.groups.add(group, person, request.now):
            log_event(request, "group.user_membership.add", party(person), group_party(group))
    return ok(user_body(request, person))


def _first_status(request: Request, person: Person) -> str:
    if person.provider in NO_PASSWORD:
        return "ACTIVE"
    if not person.has_password:
        return "PROVISIONED"
    return "PASSWORD_EXPIRED" if request.query.get("nextLogin") == "changePassword" else "ACTIVE"


def _check_next_login(request: Request, person: Person) -> None:
    wanted = request.query.get("nextLogin")
    if wanted is None:
        return
    if wanted != "changePassword" or not person.has_password or not request.flag("activate", default=True):
        cause = "nextLogin: changePassword needs a password and activate=true"
        raise ApiError("E0000001", "nextLogin", causes=(cause,))


def _check_type(request: Request, body: Json) -> None:
    type_id = read_part(body, "type").get("id")
    if type_id not in {None, "default", request.org.people.type_id}:
        raise not_found(str(type_id), "UserType")


def _groups(request: Request, body: Json) -> list[Group]:
    """Return the groups to begin in.

    Raises:
        ApiError: E0000001 or E0000007; E0000006 for a group that a directory fills, E0000060 for a built-in one.
    """
    ids = body.get("groupIds") or []
    if not isinstance(ids, list) or len(ids) > _MOST_GROUPS:
        raise ApiError("E0000001", "groupIds", causes=(f"groupIds: A list of at most {_MOST_GROUPS} ids",))
    found = []
    for identifier in ids:
        group = request.org.groups.find(str(identifier))
        if group is None:
            raise not_found(str(identifier), "UserGroup")
        if group.kind == "APP_GROUP":
            raise ApiError("E0000006")
        if group.kind == "BUILT_IN":
            raise ApiError("E0000060")
        found.append(group)
    return found


def _provider(request: Request, credentials: Json) -> tuple[str, str]:
    """Return the authentication provider's type and name.

    Raises:
        ApiError: E0000001.
    """
    wanted = read_part(credentials, "provider")
    kind, name = wanted.get("type"), wanted.get("name")
    if kind is None and request.flag("provider", default=False):
        raise ApiError("E0000001", "provider", causes=("provider: The field cannot be left blank",))
    kind = "OKTA" if kind is None else str(kind)
    if kind not in _MADE_HERE:
        raise ApiError("E0000001", "provider", causes=(f"provider: A user of type {kind} cannot be created",))
    if kind in NO_PASSWORD and (credentials.get("password") or credentials.get("recovery_question")):
        cause = f"credentials: A user of type {kind} has neither a password nor a recovery question"
        raise ApiError("E0000001", "credentials", causes=(cause,))
    return kind, str(name or kind)


def _check_secrets(request: Request, person: Person, credentials: Json) -> None:
    """Check password and recovery question before anything changes.

    Raises:
        ApiError: E0000001; E0000014 for a password that does not live in Okta.
    """
    password, question = read_part(credentials, "password"), read_part(credentials, "recovery_question")
    if (password and person.provider in DIRECTORY) or ((password or question) and person.provider in NO_PASSWORD):
        raise ApiError("E0000014", causes=("The credentials of this user are not managed by Okta",))
    value = password.get("value")
    if value is not None:
        if not isinstance(value, str):
            raise ApiError("E0000001", "password", causes=("password: The field must be of type string",))
        passwords.check(request.org.policies.of(person).settings, person, value)
    if question:
        passwords.check_question(question)


def _set_secrets(person: Person, credentials: Json, now: float) -> bool:
    """Write a checked password and recovery question, and return whether there was a password."""
    password, question = read_part(credentials, "password"), read_part(credentials, "recovery_question")
    value, hashed = password.get("value"), password.get("hash") or password.get("hook")
    if question:
        passwords.set_question(person, question)
    if value is not None:
        passwords.put(person, str(value), now)
    elif hashed:
        # Okta cannot tell what was hashed, and neither can this org: such a password is there, and known to nobody.
        person.passwords, person.has_password, person.password_changed = (), True, now
        person.provider = person.provider_name = "IMPORT"
    return value is not None or bool(hashed)


def update_user(request: Request) -> Response:
    """POST /api/v1/users/{id}: changes what the body names."""
    return _update(request, whole=False)


def replace_user(request: Request) -> Response:
    """PUT /api/v1/users/{id}: the profile becomes what the body says; credentials that it does not name stay."""
    return _update(request, whole=True)


def _update(request: Request, *, whole: bool) -> Response:
    person, body = find_person(request), read_object(request)
    given, credentials = read_part(body, "profile"), read_part(body, "credentials")
    touched = "profile" in body or whole
    if touched:
        rights.require_for(request.org.roles, request.principal, "users.profile", person)
    if credentials or not touched:
        rights.require_for(request.org.roles, request.principal, "users.password", person)
    people, now = request.org.people, float(int(request.now))
    names: set[str] = set()
    if touched:
        profiles.check(people, given, person, whole=whole)
        names = profiles.changed(person, given, whole=whole)
        profiles.check_master(people, person, names)
    if credentials and person.status == "DEPROVISIONED":
        raise ApiError("E0000038")
    _check_secrets(request, person, credentials)
    _check_conversion(person, read_part(credentials, "provider"))
    people.touch(person, now)
    had_password = _set_secrets(person, credentials, now)
    _convert(person, read_part(credentials, "provider"))
    if touched:
        profiles.write(people, person, given, whole=whole)
    if names:
        log_event(request, "user.account.update_profile", party(person))
    if had_password:
        if person.status in _ENDED_BY_PASSWORD:
            people.set_status(person, "ACTIVE", now)
        log_event(request, "user.account.update_password", party(person))
    return ok(user_body(request, person))


def _check_conversion(person: Person, provider: Json) -> None:
    """Check a change of the authentication provider; about directories the import decides, not a call.

    Raises:
        ApiError: E0000001.
    """
    kind = provider.get("type")
    if kind not in {None, person.provider} and (kind not in _MADE_HERE or person.provider in DIRECTORY):
        raise ApiError("E0000001", "provider", causes=(f"provider: The user cannot become one of type {kind}",))


def _convert(person: Person, provider: Json) -> None:
    kind = provider.get("type")
    if kind is not None and kind != person.provider:
        person.provider, person.provider_name = str(kind), str(provider.get("name") or kind)
        if kind in NO_PASSWORD:
            passwords.forget(person)


def delete_user(request: Request) -> Response:
    """DELETE /api/v1/users/{id}: the first call deactivates, the next one deletes for good."""
    person = find_person(request)
    deactivated = person.status == "DEPROVISIONED"
    rights.require_for(request.org.roles, request.principal, "users.delete" if deactivated else "users.manage", person)
    if person.transitioning is not None:
        raise ApiError("E0000038")
    if not deactivated:
        switch_off(request, person)
        return no_content()
    target = party(person)
    log_event(request, "user.lifecycle.delete.initiated", target)
    request.org.people.delete(person, float(int(request.now)))
    request.org.groups.forget_members()
    log_event(request, "user.lifecycle.delete.completed", target)
    return no_content()


ROUTES = (
    Route("POST", "/api/v1/users", _MANAGE, "users", create_user),
    Route("POST", "/api/v1/users/{id}", _MANAGE, "user-write", update_user),
    Route("PUT", "/api/v1/users/{id}", _MANAGE, "user-write", replace_user),
    Route("DELETE", "/api/v1/users/{id}", _MANAGE, "user-write", delete_user),
)
