"""Custom roles with their permissions, and resource sets with their resources and the roles bound to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from tui.demo.admins.grants import Reach
from tui.demo.admins.principals import DESK_PERMISSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.demo.admins.grants import Grant
    from tui.demo.apps.app import App
    from tui.demo.apps.apps import Apps
    from tui.demo.base.ids import Ids
    from tui.demo.groups.group import Group
    from tui.demo.groups.groups import Groups

# Okta: "Permissions in custom roles"; those that open an operation of this org, and some that clients like to list.
PERMISSIONS: frozenset[str] = frozenset(
    {
        *DESK_PERMISSIONS,
        "okta.users.manage",
        "okta.users.create",
        "okta.users.userprofile.manage",
        "okta.users.apitokens.manage",
        "okta.users.credentials.manage",
        "okta.users.credentials.manageTemporaryAccessCode",
        "okta.users.lifecycle.manage",
        "okta.users.lifecycle.activate",
        "okta.users.lifecycle.deactivate",
        "okta.users.lifecycle.suspend",
        "okta.users.lifecycle.unsuspend",
        "okta.users.lifecycle.delete",
        "okta.groups.manage",
        "okta.groups.create",
        "okta.apps.manage",
        "okta.apps.clientCredentials.read",
        "okta.profilesources.import.run",
        "okta.authzServers.read",
        "okta.authzServers.manage",
        "okta.customizations.read",
        "okta.customizations.manage",
        "okta.identityProviders.read",
        "okta.identityProviders.manage",
        "okta.workflows.read",
        "okta.workflows.invoke",
        "okta.governance.accessCertifications.manage",
        "okta.governance.accessRequests.manage",
        "okta.iam.read",
        "okta.support.cases.manage",
        "okta.devices.read",
        "okta.devices.manage",
        "okta.devices.lifecycle.manage",
        "okta.devices.lifecycle.activate",
        "okta.devices.lifecycle.deactivate",
        "okta.devices.lifecycle.suspend",
        "okta.devices.lifecycle.unsuspend",
        "okta.devices.lifecycle.delete",
        "okta.realms.read",
        "okta.realms.manage",
        "okta.agents.view",
        "okta.agents.manage",
        "okta.agents.register",
        "okta.directories.read",
        "okta.directories.manage",
    }
)
# A permission to manage something holds the smaller ones for it.
_WIDER: dict[str, tuple[str, ...]] = {
    "okta.users.manage": ("okta.users.",),
    "okta.users.credentials.manage": ("okta.users.credentials.", "okta.users.read"),
    "okta.users.lifecycle.manage": ("okta.users.lifecycle.", "okta.users.read"),
    "okta.devices.manage": ("okta.devices.",),
    "okta.devices.lifecycle.manage": ("okta.devices.lifecycle.",),
    "okta.groups.manage": ("okta.groups.",),
    "okta.apps.manage": ("okta.apps.",),
}
_FIRST = 1


def opened(permissions: Iterable[str]) -> frozenset[str]:
    """Return permissions with all the smaller ones that they hold."""
    held = set(permissions)
    for wide in held & set(_WIDER):
        held.update(small for small in PERMISSIONS if small.startswith(_WIDER[wide]))
    return frozenset(held)


@dataclass(slots=True)
class CustomRole:
    """A role that an admin has made; each permission with when it was given, in seconds since 1970."""

    id: str
    label: str
    description: str
    created: float
    updated: float
    permissions: dict[str, float] = field(default_factory=dict)


class What(NamedTuple):
    """What a resource is: all or one of a kind.

    Attributes:
        one: A group or app; None for all.
        catalogue: The name of a catalogue app, for all its instances.
    """

    kind: Literal["people", "groups", "apps"]
    one: Group | App | None = None
    catalogue: str = ""


@dataclass(slots=True)
class Resource:
    """One entry of a resource set."""

    id: str
    what: What
    created: float
    updated: float


@dataclass(slots=True)
class ResourceSet:
    """What a custom role is limited to, and which roles are bound to it."""

    id: str
    label: str
    description: str
    created: float
    updated: float
    resources: list[Resource] = field(default_factory=list)
    bound: list[CustomRole] = field(default_factory=list)

    def reach(self) -> Reach:
        """Return what it holds and still exists, by names that hold today."""
        held = [resource.what for resource in self.resources if not getattr(resource.what.one, "deleted", False)]
        kinds = {what.kind for what in held if what.one is None and not what.catalogue}
        people = tuple(_name(what) for what in held if what.kind == "people" and what.one is not None)
        groups = tuple(_name(what) for what in held if what.kind == "groups" and what.one is not None)
        apps = tuple(_name(what) for what in held if what.kind == "apps" and (what.one is not None or what.catalogue))
        return Reach("people" in kinds, "groups" in kinds, "apps" in kinds, people, groups, apps)


def _name(what: What) -> str:
    if what.kind == "apps":
        return what.catalogue or (what.one.id if what.one is not None else "")
    return str(getattr(what.one, "name", ""))


_ORN = re.compile(r"orn:[\w-]+:(?P<service>directory|idp):(?P<org>\w+):(?P<rest>.+)")


class CustomRoles:
    """All custom roles and resource sets of the org."""

    def __init__(self, ids: Ids, groups: Groups, apps: Apps) -> None:
        self._ids = ids
        self._groups = groups
        self._apps = apps
        self._org_id = ids.make("00o", 1)
        self._made = {"cr0": 0, "iam": 0, "ire": 0}
        self.roles: list[CustomRole] = []
        self.sets: list[ResourceSet] = []

    def _id(self, prefix: str) -> str:
        self._made[prefix] += 1
        return self._ids.make(prefix, self._made[prefix])

    def make_role(self, label: str, description: str, permissions: Iterable[str], now: float) -> CustomRole:
        """Make a custom role."""
        role = CustomRole(self._id("cr0"), label, description, now, now, dict.fromkeys(permissions, now))
        self.roles.append(role)
        return role

    def make_set(self, label: str, description: str, resources: Iterable[What], now: float) -> ResourceSet:
        """Make a resource set."""
        made = ResourceSet(self._id("iam"), label, description, now, now)
        for what in resources:
            self.put(made, what, now)
        self.sets.append(made)
        return made

    def begin(self, grant: Grant, now: float) -> tuple[CustomRole, ResourceSet]:
        """Return the role and the resource set of a row of the table of principals, made where they are not there."""
        name = " and ".join(grant.groups) or "All people and groups"
        role, limit = self.find_role(grant.label), self.find_set(name)
        if role is None:
            role = self.make_role(grant.label, "What a desk does", grant.permissions, now)
        if limit is None:
            kinds: tuple[Literal["groups", "people"], ...] = ("groups", "people")
            some = [What(kind, self._groups.named(group)) for group in grant.groups for kind in kinds]
            apps = [What("apps")] if any(held.startswith("okta.apps.") for held in grant.permissions) else []
            held = some or [What(kind) for kind in kinds]
            limit = self.make_set(name, "Whom the desk looks after", [*held, *apps], now)
        return role, limit

    def put(self, into: ResourceSet, what: What, now: float) -> Resource:
        """Add a resource, once."""
        for resource in into.resources:
            if resource.what == what:
                return resource
        resource = Resource(self._id("ire"), what, now, now)
        into.resources.append(resource)
        return resource

    def find_role(self, key: str) -> CustomRole | None:
        """Return the custom role with that id or label, or None."""
        return next((role for role in self.roles if key in {role.id, role.label}), None)

    def find_set(self, key: str) -> ResourceSet | None:
        """Return the resource set with that id or label, or None."""
        return next((found for found in self.sets if key in {found.id, found.label}), None)

    def read(self, text: str) -> What | None:
        """Return what an ORN or the address of a collection or a group or app names; None when it is none of them.

        Okta: "Supported resources" of resource sets: ``/users``, ``/groups``, ``/groups/{id}``, ``/groups/{id}/users``,
        ``/apps``, ``/apps?filter=name eq "…"`` and ``/apps/{id}``, or the same as Okta Resource Names.
        """
        orn = _ORN.fullmatch(text)
        if orn is not None:
            if orn["org"] != self._org_id:
                return None
            return self._read_parts(*_of_orn(orn["service"], orn["rest"].split(":")))
        address = urlsplit(text)
        path = address.path.removeprefix("/api/v1").strip("/").split("/")
        if address.query:
            asked = re.fullmatch(r'filter=name\+?\s*eq\+?\s*"([\w-]+)"', unquote(address.query))
            return self._read_parts(path, asked[1]) if asked and path == ["apps"] else None
        return self._read_parts(path, "")

    def _read_parts(self, path: list[str], catalogue: str) -> What | None:
        if catalogue:
            known = any(app.row.name == catalogue for app in self._apps.all)
            return What("apps", None, catalogue) if known else None
        match path:
            case ["users"]:
                return What("people")
            case ["groups"]:
                return What("groups")
            case ["apps"]:
                return What("apps")
            case ["groups", one]:
                group = self._groups.find(one)
                return None if group is None else What("groups", group)
            case ["groups", one, "users"]:
                group = self._groups.find(one)
                return None if group is None else What("people", group)
            case ["apps", one]:
                app = self._apps.find(one)
                return None if app is None else What("apps", app)
        return None

    def orn(self, what: What) -> str:
        """Return the Okta Resource Name."""
        org_id = self._org_id
        if what.kind == "apps":
            name = what.catalogue or (what.one.row.name if what.one is not None and hasattr(what.one, "row") else "")
            parts = ["apps", name, *([what.one.id] if what.one is not None else [])]
            return f"orn:okta:idp:{org_id}:{':'.join(part for part in parts if part)}"
        if what.one is None:
            return f"orn:okta:directory:{org_id}:{'users' if what.kind == 'people' else 'groups'}"
        inside = ":contained_resources" if what.kind == "people" else ""
        return f"orn:okta:directory:{org_id}:groups:{what.one.id}{inside}"

    @staticmethod
    def path(what: What) -> str:
        """Return the path of what a resource names."""
        if what.kind == "apps":
            return "/api/v1/apps" + (f"/{what.one.id}" if what.one is not None else "")
        if what.one is None:
            return "/api/v1/users" if what.kind == "people" else "/api/v1/groups"
        return f"/api/v1/groups/{what.one.id}" + ("/users" if what.kind == "people" else "")


def _of_orn(service: str, rest: list[str]) -> tuple[list[str], str]:
    """Return an Okta Resource Name as the path of an address, and the catalogue app that it names instead."""
    match [service, *rest]:
        case ["directory", "groups", one, "contained_resources" | "users"]:
            return ["groups", one, "users"], ""
        case ["directory", *path]:
            return path, ""
        case ["idp", "apps"]:
            return ["apps"], ""
        case ["idp", "apps", name]:
            return ["apps"], name
        case ["idp", "apps", _, one]:
            return ["apps", one], ""
    return [], ""
