"""Groups made, renamed and deleted by callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.bodies import read_object, read_part
from tui.demo.errors import ApiError
from tui.demo.events import SYSTEM, Party
from tui.demo.record import write_event
from tui.demo.routes.groups import find_group, show_group
from tui.demo.wire import Route, no_content, ok

if TYPE_CHECKING:
    from tui.demo.groups import Group
    from tui.demo.wire import Call, Json, Reply

_LONGEST_NAME, _LONGEST_DESCRIPTION = 255, 1024
_TAKEN = "An object with this field already exists in the current organization"


def _invalid(name: str, why: str) -> ApiError:
    return ApiError("E0000001", name, causes=(f"{name}: {why}",))


def _read(call: Call, known: Group | None = None) -> tuple[str, str | None, Json]:
    """Return name, description and the other profile attributes of the body.

    Raises:
        ApiError: E0000003 or E0000001.
    """
    more = dict(read_part(read_object(call), "profile"))
    name, description = more.pop("name", None), more.pop("description", None)
    if not isinstance(name, str) or not name.strip():
        raise _invalid("name", "The field cannot be left blank")
    if len(name) > _LONGEST_NAME:
        raise _invalid("name", f"The field must be at most {_LONGEST_NAME} characters long")
    if description is not None and (not isinstance(description, str) or len(description) > _LONGEST_DESCRIPTION):
        raise _invalid("description", f"The field must be at most {_LONGEST_DESCRIPTION} characters long")
    holder = call.org.groups.called(name)
    if holder is not None and holder is not known:
        raise _invalid("name", _TAKEN)
    return name, description or None, more


def _changeable(call: Call) -> Group:
    """Return the group that the path names, if callers may change it and this one does.

    Raises:
        ApiError: E0000007; E0000006 out of reach, from a directory, or with admin roles that the caller may not touch;
            E0000060 for a built-in group.
    """
    group = find_group(call)
    rights.require_group(call.org, call.principal, "groups.manage", group)
    if call.org.group_grants(group) and not call.principal.has_role("SUPER_ADMIN"):
        raise ApiError("E0000006")
    if group.kind == "APP_GROUP":
        raise ApiError("E0000006")
    if group.kind == "BUILT_IN":
        raise ApiError("E0000060")
    return group


def _party(group: Group) -> Party:
    return Party(group.id, "UserGroup", "unknown", group.name)


def create_group(call: Call) -> Reply:
    """POST /api/v1/groups: 200; for roles that are not limited to groups."""
    if rights.limits(rights.require(call.principal, "groups.manage")) is not None:
        raise ApiError("E0000006")
    name, description, more = _read(call)
    group = call.org.groups.make(name, description, "OKTA_GROUP", float(int(call.now)))
    group.more = more
    write_event(call, "group.lifecycle.create", _party(group))
    return ok(show_group(call, group))


def update_group(call: Call) -> Reply:
    """PUT /api/v1/groups/{groupId}: the whole profile, so what the body lacks is gone."""
    group = _changeable(call)
    name, description, more = _read(call, group)
    call.org.groups.rename(group, name)
    group.description, group.more, group.updated = description, more, float(int(call.now))
    write_event(call, "group.profile.update", _party(group))
    return ok(show_group(call, group))


def delete_group(call: Call) -> Reply:
    """DELETE /api/v1/groups/{groupId}: 204; its members lose what it gave, rules that fill it are invalid."""
    group, org = _changeable(call), call.org
    org.apps.process.drop_group(org, group, call.now)
    filled_by = [rule for rule in org.groups.rules if group in rule.groups]
    org.groups.delete(group)
    write_event(call, "group.lifecycle.delete", _party(group))
    for rule in filled_by:
        target = Party(rule.id, "GroupRule", "unknown", rule.name)
        org.journal.write("group.user_membership.rule.invalidate", call.now, SYSTEM, (target,))
    return no_content()


_MANAGE = "okta.groups.manage"
ROUTES = (
    Route("POST", "/api/v1/groups", _MANAGE, "groups", create_group),
    Route("PUT", "/api/v1/groups/{groupId}", _MANAGE, "group", update_group),
    Route("DELETE", "/api/v1/groups/{groupId}", _MANAGE, "group", delete_group),
)
