"""Group membership by hand: add and remove, both idempotent, and what a rule does about a removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.errors import ApiError
from tui.demo.events import Party, party
from tui.demo.record import write_event
from tui.demo.routes.groups import find_group
from tui.demo.routes.users import find_person
from tui.demo.wire import Route, no_content

if TYPE_CHECKING:
    from tui.demo.groups import Group
    from tui.demo.person import Person
    from tui.demo.wire import Call, Reply

_PATH = "/api/v1/groups/{groupId}/users/{userId}"


def _both(call: Call) -> tuple[Group, Person]:
    """Return group and person, if the group may be changed by hand and the caller may change it.

    Raises:
        ApiError: E0000007; E0000006 for a group from a directory or out of reach; E0000060 for a built-in group.
    """
    group = find_group(call)
    person = find_person(call, "userId")
    rights.require_group(call.org, call.principal, "groups.members", group)
    if group.kind == "APP_GROUP":
        raise ApiError("E0000006")
    if group.kind == "BUILT_IN":
        raise ApiError("E0000060")
    call.org.apps.process.drive(call.org)
    return group, person


def add_member(call: Call) -> Reply:
    """PUT …/users/{userId}: 204, also when nothing changed."""
    group, person = _both(call)
    if person.status == "DEPROVISIONED":
        raise ApiError("E0000038")
    if call.org.groups.add(group, person, call.now):
        write_event(call, "group.user_membership.add", party(person), _target(group))
    return no_content()


def remove_member(call: Call) -> Reply:
    """DELETE …/users/{userId}: 204; a rule that had put the person there excludes them from now on."""
    group, person = _both(call)
    if call.org.groups.is_member(group, person):
        rule = call.org.groups.remove(group, person, call.now)
        write_event(call, "group.user_membership.remove", party(person), _target(group))
        if rule is not None:
            target = Party(rule.id, "GroupRule", "unknown", rule.name)
            write_event(call, "group.user_membership.rule.add_exclusion", party(person), target)
    return no_content()


def _target(group: Group) -> Party:
    return Party(group.id, "UserGroup", "unknown", group.name)


ROUTES = (
    Route("PUT", _PATH, "okta.groups.manage", "group", add_member),
    Route("DELETE", _PATH, "okta.groups.manage", "group", remove_member),
)
