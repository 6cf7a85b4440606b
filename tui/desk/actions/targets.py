"""Read an action's targets: whether the person has each, what to know before, and what stands in the way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from msgspec.structs import replace

from tui.desk.actions.grammar import Cause, Obstacle, Target, TargetKind
from tui.desk.people.devices import kind_of, state_of
from tui.desk.people.factors import enrolled
from tui.desk.text.plain import plain
from tui.okta import endpoints as ep
from tui.okta.entitlements import App, AppGroup, AppUser, GroupRule
from tui.okta.errors import FeatureOff, NotFound, OktaError
from tui.okta.models import Authenticator, AuthenticatorEnrollment, Group, RoleAssignment
from tui.okta.policy import Capability
from tui.okta.scim import eq

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from tui.desk.actions.grammar import Action
    from tui.desk.people.person import Person
    from tui.okta.client import OktaClient
    from tui.okta.models import Device, Factor

T = TypeVar("T")
_IMPORTED: Final = "APP_GROUP"
_EDITABLE: Final = "OKTA_GROUP"
_SEVERAL: Final = 3
_CODE: Final = "tac"
_CODE_NAME: Final = "temporary access code"
_MAY_NOT_WORK: Final = (
    "Whether the enrolment policy of this person takes it is not known to keydesk: where it does not, Okta makes the "
    "code all the same, and it does not work."
)
_SHORTEST: Final = 10
"""Minutes; no code may be shorter (Okta: "Temporary Access Code authenticator")."""
_ADMIN_UNKNOWN: Final = (
    "Whether this group gives admin rights cannot be read; if it does, Okta lets only a super admin."
)


class PartsReader(Protocol):
    """Reads what a person has; the client reads it anew."""

    async def groups_of(self, user_id: str) -> tuple[Group, ...]:
        """Return the person's groups."""
        ...

    async def factors_of(self, user_id: str) -> tuple[Factor, ...]:
        """Return the person's factors."""
        ...


async def read_targets(
    client: OktaClient,
    action: Action,
    person: Person,
    ids: Mapping[TargetKind, str],
    *,
    reader: PartsReader | None = None,
    access_code: str = "",
) -> tuple[Target, ...]:
    """Read an action's targets, for one person.

    Args:
        client: The client that sends the reads.
        action: The action.
        person: The person.
        ids: Okta's ids of the chosen targets, by kind.
        reader: What reads the person's groups and factors; `None` has the client read them anew.
        access_code: Okta's id of the kind of factor for temporary access codes, where the connector names it.

    Returns:
        One target for each of `action.aims`; a target for which the action is not possible carries its obstacle.

    Raises:
        OktaError: Something that decides on the action could not be read.
        NotFound: The org does not have the group or the app, or Okta shows no code of the person.
        ValueError: The id of a target is missing.
    """
    if missing := set(action.chosen) - set(ids):
        raise ValueError(f"{action.id} needs {sorted(missing)}")
    if action.aims == (TargetKind.APP, TargetKind.GROUP):
        return await _app_for_group(client, ids[TargetKind.APP], ids[TargetKind.GROUP])
    reader = reader or client
    if action.aims == (TargetKind.GROUP,):
        target = await _group(client, reader, action, person, ids[TargetKind.GROUP])
    elif action.aims == (TargetKind.APP,):
        target = await _app(client, reader, action, person, ids[TargetKind.APP])
    elif action.aims == (TargetKind.FACTOR,):
        target = await _factor(reader, person, ids[TargetKind.FACTOR])
    elif action.aims == (TargetKind.FACTORS,):
        target = await _factors(client, reader, person)
    elif action.aims == (TargetKind.DEVICE,):
        target = await _device(client, action, person, ids[TargetKind.DEVICE])
    elif action.aims == (TargetKind.AUTHENTICATOR,):
        target = await (_named_code_maker(client, person, access_code) if access_code else _code_maker(client, person))
    elif action.aims == (TargetKind.ENROLLMENT,):
        target = await _code(client, person, ids.get(TargetKind.ENROLLMENT, ""))
    else:
        return ()
    return (target,)


async def read_back(
    client: OktaClient, action: Action, person: Person, targets: tuple[Target, ...], *, reader: PartsReader
) -> tuple[Target, ...]:
    """Read of an action's targets what the action changes, which is whether the person has them now.

    Args:
        client: The client that sends the reads.
        action: The action.
        person: The person.
        targets: The targets as they were read before the action.
        reader: What reads the person's groups and factors.

    Raises:
        OktaError: It could not be read.
    """
    ids = {target.kind: target.id for target in targets}
    if action.aims == (TargetKind.GROUP,):
        groups = await read_or_none(reader.groups_of(person.user.id))
        holds = None if groups is None else any(group.id == ids[TargetKind.GROUP] for group in groups)
    elif action.aims == (TargetKind.APP,):
        holds = await _assignment(client, ids[TargetKind.APP], person.user.id) is not None
    else:
        code_maker = ids.get(TargetKind.AUTHENTICATOR, "")  # how it is set was looked at before
        return await read_targets(client, action, person, ids, reader=reader, access_code=code_maker)
    return tuple(_with_nothing_to_do(action, replace(target, holds=holds)) for target in targets)


def ids_of(action: Action, names: Mapping[str, str]) -> dict[TargetKind, str]:
    """Return the targets' ids from the values that filled a recorded call's path or body."""
    return {kind: names[kind.value] for kind in action.aims if kind.value in names}


def nothing_to_do(action: Action, target: Target) -> Obstacle | None:
    """Return the obstacle that the person has, or lacks, the target already; `None` where the action changes that."""
    if target.holds is None or target.holds is not action.wants or target.kind is TargetKind.FACTORS:
        return None
    match target.kind, action.wants:
        case TargetKind.GROUP, True:
            return Obstacle(Cause.TARGET, "is in the group already", "There is nothing to do.")
        case TargetKind.GROUP, _:
            return Obstacle(Cause.TARGET, "is not in the group", "There is nothing to take away.")
        case TargetKind.APP, True:
            return Obstacle(Cause.TARGET, "has the app already", "There is nothing to do.")
        case TargetKind.APP, _:
            return Obstacle(Cause.TARGET, "does not have the app", "There is nothing to take away.")
        case _:
            return Obstacle(
                Cause.TARGET, "the factor is not there any more", "Read the person again to see what is enrolled now."
            )


async def read_or_none(read: Awaitable[T]) -> T | None:
    """Return what was read, or `None` where it cannot be read; for reads that do not decide on the action."""
    try:
        return await read
    except OktaError:
        return None


async def _factor(reader: PartsReader, person: Person, factor_id: str) -> Target:
    things = enrolled(await reader.factors_of(person.user.id))
    thing = next((thing for thing in things if factor_id in thing.ids), None)
    if thing is None:
        gone = Obstacle(
            Cause.TARGET, "the factor is not there any more", "Read the person again to see what is enrolled now."
        )
        return Target(TargetKind.FACTOR, factor_id, "the factor", holds=False, obstacle=gone)
    left = sum(other.active for other in things if other is not thing)
    notes = ["It is the last one that can be used."] if not left and thing.active else []
    if len(thing.ids) > 1:
        notes.append(f"Its {len(thing.ids)} entries at Okta are removed together.")
    tags = frozenset({"phone"}) if thing.phone else frozenset[str]()
    return Target(TargetKind.FACTOR, thing.id, thing.name, holds=True, notes=tuple(notes), tags=tags)


async def _factors(client: OktaClient, reader: PartsReader, person: Person) -> Target:
    """Read all factors as one target. Okta may list fewer than there are, so that an empty list is no obstacle."""
    things = enrolled(await reader.factors_of(person.user.id))
    listed = "; ".join(plain(thing.name) for thing in things)
    notes = [f"Enrolled now: {listed}." if things else "Okta shows keydesk no factor; there may be others."]
    if Capability.ACCESS_CODES in client.policy.capabilities:
        notes.append("A temporary access code is less: it lets them sign in once, and takes no factor away.")
    name = listed or "no factor that keydesk can see"
    return Target(TargetKind.FACTORS, "", name, holds=bool(things), notes=tuple(notes))


async def _device(client: OktaClient, action: Action, person: Person, device_id: str) -> Target:
    """Read one of the person's devices. Okta does not list a deactivated one, since it has lost its people."""
    device = next((one for one in await client.devices_of(person.user.id) if one.id == device_id), None)
    if device is None:
        gone = Obstacle(Cause.TARGET, "the device is not theirs any more", "Somebody has deactivated or removed it.")
        return Target(TargetKind.DEVICE, device_id, "the device", holds=False, obstacle=gone)
    usable = device.status == "ACTIVE" or (action.endpoint is ep.DEACTIVATE_DEVICE and device.status == "SUSPENDED")
    note = f"It is {'; '.join(filter(None, (state_of(device).lower(), kind_of(device))))}."
    return Target(TargetKind.DEVICE, device.id, device.name, usable, (note,), obstacle=device_obstacle(action, device))


_POSSIBLE: Final = {
    ep.SUSPEND_DEVICE.id: frozenset({"ACTIVE"}),
    ep.UNSUSPEND_DEVICE.id: frozenset({"SUSPENDED"}),
    ep.DEACTIVATE_DEVICE.id: frozenset({"ACTIVE", "SUSPENDED"}),
}
"""The statuses of a device in which each change is possible (Okta: "Device lifecycle")."""


def device_obstacle(action: Action, device: Device) -> Obstacle | None:
    """Return why an action is not possible for a device by its status; `None` where it is, or where Okta decides."""
    known = frozenset().union(*_POSSIBLE.values()) | {"DEACTIVATED"}
    if device.status not in known or device.status in _POSSIBLE[action.endpoint.id]:
        return None
    return Obstacle(Cause.TARGET, f"the device is {state_of(device).lower()}", "There is nothing to do.")


async def _codes_of(client: OktaClient, person: Person) -> tuple[AuthenticatorEnrollment, ...]:
    """Return the temporary access codes that Okta shows for a person."""
    found = await client.all(ep.ENROLLMENTS, AuthenticatorEnrollment, {"id": person.user.id})
    return tuple(one for one in found if one.key == _CODE)


async def _code_maker(client: OktaClient, person: Person) -> Target:
    """Read the org's authenticator for temporary access codes, and whether the person has a code now.

    An org of Classic refuses the list as a feature that it lacks. Whether a list of enrolments always shows a code is
    not established, so that its absence proves nothing.
    """
    try:
        found = await client.all(ep.AUTHENTICATORS, Authenticator)
    except (FeatureOff, NotFound):
        found = ()
    maker = next((one for one in found if one.key == _CODE and one.status == "ACTIVE"), None)
    if maker is None:
        advice = (
            "It takes Okta Identity Engine, and an admin who has set up and activated temporary access codes there."
        )
        missing = Obstacle(Cause.TARGET, "this org has no temporary access codes", advice)
        return Target(TargetKind.AUTHENTICATOR, "", _CODE_NAME, obstacle=missing)
    settings = maker.provider.configuration if maker.provider else None
    minutes = settings.min_ttl if settings and settings.min_ttl and settings.min_ttl > 0 else _SHORTEST
    note = f"It holds for {minutes} minutes, the shortest time that this org allows."
    name, fills = maker.name or _CODE_NAME, {"ttl": minutes}
    target = Target(TargetKind.AUTHENTICATOR, maker.id, name, notes=(note,), fills=fills)
    return await _with_code_of(client, person, target)


async def _named_code_maker(client: OktaClient, person: Person, authenticator: str) -> Target:
    """Return the authenticator for temporary access codes that the connector names; its settings are not known."""
    note = f"It holds for {_SHORTEST} minutes. Where this org wants a longer time, Okta refuses."
    maker = Target(TargetKind.AUTHENTICATOR, authenticator, _CODE_NAME, notes=(note,), fills={"ttl": _SHORTEST})
    return await _with_code_of(client, person, maker)


async def _with_code_of(client: OktaClient, person: Person, maker: Target) -> Target:
    """Return what makes codes with what is known of the person's code now."""
    codes = await read_or_none(_codes_of(client, person))
    had = ("They have a code now, which ends with the new one.",) if codes else ()
    return replace(maker, holds=True if codes else None, notes=(*had, *maker.notes, _MAY_NOT_WORK))


async def _code(client: OktaClient, person: Person, known: str) -> Target:
    """Read the temporary access code that a person has.

    Args:
        client: The client that sends the reads.
        person: The person.
        known: Okta's id of the code, where it was just made; empty where it is to be found.

    Raises:
        NotFound: Okta shows no code.
        OktaError: No code is known, and Okta's list of them cannot be read.
    """
    if known:
        codes = await read_or_none(_codes_of(client, person))
        holds = None if codes is None else any(one.id == known for one in codes)
        return Target(TargetKind.ENROLLMENT, known, _CODE_NAME, holds=holds)
    shown = await _codes_of(client, person)
    if not shown:
        advice = (
            "One that was used, or has run out, is gone. Whether Okta shows every code is not known; a new one would "
            "end it."
        )
        raise NotFound(f"Okta shows no temporary access code of {plain(person.user.name)}", advice=advice)
    return Target(TargetKind.ENROLLMENT, shown[0].id, _CODE_NAME, holds=True)


async def group_of(client: OktaClient, group_id: str) -> Group:
    """Read one group with its statistics, which only the list gives (Okta: "List all groups", `expand`).

    Raises:
        NotFound: The org does not have the group, or keydesk's role does not reach it.
        OktaError: The group could not be read.
    """
    query = {"filter": eq("id", group_id), "expand": "stats", "limit": "1"}
    groups = await client.all(ep.GROUPS, Group, None, query)
    if not groups:
        raise NotFound("Okta does not have this group, or not for keydesk")
    return groups[0]


async def _group(client: OktaClient, reader: PartsReader, action: Action, person: Person, group_id: str) -> Target:
    group, roles, groups, rules = await asyncio.gather(
        group_of(client, group_id),
        read_or_none(client.all(ep.GROUP_ROLES, RoleAssignment, {"group": group_id})),
        read_or_none(reader.groups_of(person.user.id)),
        read_or_none(client.all(ep.GROUP_RULES, GroupRule, None, {"limit": "200"})),
    )
    holds = None if groups is None else any(group.id == group_id for group in groups)
    admin = group.admin if roles is None else bool(roles)
    obstacle = group_obstacle(group, admin=admin)
    notes = [] if admin is not None else [_ADMIN_UNKNOWN]
    filling = [rule for rule in rules or () if rule.fills(group_id)]
    if filling and action.wants is False:
        notes.append(
            f"The rule {_quoted(filling[0].name)} fills this group: taking {plain(person.user.name)} out by hand "
            "excludes them from the rule for good."
        )
    elif rules is None and action.wants is False:
        notes.append("Whether a rule fills this group cannot be read; if one does, it will exclude this person.")
    target = Target(TargetKind.GROUP, group.id, group.name, holds=holds, notes=tuple(notes), obstacle=obstacle)
    return _with_nothing_to_do(action, target)


def group_obstacle(group: Group, *, admin: bool | None) -> Obstacle | None:
    """Return why keydesk cannot change a group's members; `None` where it can."""
    if group.type == _IMPORTED:
        return Obstacle(
            Cause.TARGET,
            "its members come from a directory or an app",
            "They are changed there; Okta imports them from it.",
        )
    if group.type not in {_EDITABLE, None}:
        return Obstacle(Cause.TARGET, "Okta keeps this group itself", "Its members cannot be changed by hand.")
    if admin:
        return Obstacle(
            Cause.TARGET,
            "it gives admin rights",
            "keydesk does not hand out admin rights. A super admin does that in the Admin Console.",
        )
    return None


async def _app(client: OktaClient, reader: PartsReader, action: Action, person: Person, app_id: str) -> Target:
    app, assignment = await asyncio.gather(
        client.read(ep.APP, App, {"app": app_id}), _assignment(client, app_id, person.user.id)
    )
    notes: list[str] = []
    obstacle = None
    if action.wants and app.status != "ACTIVE":
        obstacle = Obstacle(Cause.TARGET, "the app is not active", "An app admin can activate it in the Admin Console.")
    if assignment is not None and assignment.scope == "GROUP":
        groups = await _giving_groups(client, reader, app_id, person)
        where = f"the group {groups}" if groups else "a group"
        if action.wants:
            obstacle = Obstacle(Cause.TARGET, f"has it through {where}", "There is nothing to do.")
        else:
            advice = f"Remove the person from {where} instead: that takes the app away, and all else it gives."
            obstacle = Obstacle(Cause.TARGET, f"it comes through {where}", advice)
    if app.provisions and action.wants:
        notes.append("Okta makes an account in the app; that can take a while, and keydesk follows it.")
    elif app.provisions:
        notes.append("Okta deactivates or deletes the account in the app, as the app is set up.")
    target = Target(
        TargetKind.APP, app.id, app.title, holds=assignment is not None, notes=tuple(notes), obstacle=obstacle
    )
    return _with_nothing_to_do(action, target)


async def _app_for_group(client: OktaClient, app_id: str, group_id: str) -> tuple[Target, ...]:
    app, group, assignment = await asyncio.gather(
        client.read(ep.APP, App, {"app": app_id}),
        group_of(client, group_id),
        _read_or_not_found(client.read(ep.APP_GROUP, AppGroup, {"app": app_id, "group": group_id})),
    )
    obstacle = None
    if app.status != "ACTIVE":
        obstacle = Obstacle(Cause.TARGET, "the app is not active", "An app admin can activate it in the Admin Console.")
    elif assignment is not None:
        obstacle = Obstacle(Cause.TARGET, "the group has the app already", "There is nothing to do.")
    count = "an unknown number of people" if group.members is None else f"{group.members} people"
    return (
        Target(TargetKind.APP, app.id, app.title, obstacle=obstacle),
        Target(
            TargetKind.GROUP, group.id, group.name, holds=assignment is not None, notes=(f"The group has {count} now.",)
        ),
    )


async def _assignment(client: OktaClient, app_id: str, user_id: str) -> AppUser | None:
    return await _read_or_not_found(client.read(ep.APP_USER, AppUser, {"app": app_id, "id": user_id}))


async def _read_or_not_found(read: Awaitable[T]) -> T | None:
    try:
        return await read
    except NotFound:
        return None


async def _giving_groups(client: OktaClient, reader: PartsReader, app_id: str, person: Person) -> str:
    """Return the names of the groups through which a person has an app, as far as they can be read; harmless."""
    app_groups, groups = await asyncio.gather(
        read_or_none(client.all(ep.APP_GROUPS, AppGroup, {"app": app_id}, {"limit": "200"})),
        read_or_none(reader.groups_of(person.user.id)),
    )
    ids = {app_group.id for app_group in app_groups or ()}
    names = [_quoted(group.name) for group in groups or () if group.id in ids]
    return " and ".join(names) if len(names) < _SEVERAL else f"{names[0]} and {len(names) - 1} others"


def _with_nothing_to_do(action: Action, target: Target) -> Target:
    """Return the target with the obstacle of `nothing_to_do`, where it has no obstacle yet."""
    if target.obstacle is not None:
        return target
    obstacle = nothing_to_do(action, target)
    return replace(target, obstacle=obstacle)


def _quoted(name: str | None) -> str:
    return f"“{plain(name or '?', limit=60)}”"
