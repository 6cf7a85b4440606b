"""What an agent may do about software, as data: groups, apps, and apps of groups."""

from __future__ import annotations

from typing import Final

from tui.desk.actions.grammar import ALIVE, CHECK, Action, Danger, TargetKind
from tui.okta import endpoints
from tui.okta.policy import Capability

CHANGES_MEMBERS: Final = ("GROUP_MEMBERSHIP_ADMIN", "USER_ADMIN", "ORG_ADMIN", "SUPER_ADMIN")
ASSIGNS: Final = ("APP_ADMIN", "SUPER_ADMIN")
MEMBERS: Final = ("okta.groups.members.manage", "okta.users.groupMembership.manage")
GROUP_PAGE: Final = "Open Directory > Groups in the Admin Console, search for {group} and open it."
APP_PAGE: Final = "Open Applications > Applications in the Admin Console, search for {app} and open it."

ADD_TO_GROUP: Final = Action(
    id="add-to-group",
    title="Add to a group",
    key="",
    capability=Capability.PROVISIONING,
    endpoint=endpoints.ADD_MEMBER,
    aims=(TargetKind.GROUP,),
    states=ALIVE,
    sentence="{name} will be added to the group {group}.",
    effect="They get every app and every right that comes with the group.",
    danger=Danger.ROUTINE,
    roles=CHANGES_MEMBERS,
    permissions=MEMBERS,
    steps=(GROUP_PAGE, CHECK, "Choose Assign people, search for {login}, choose +, then Done."),
    several=True,
    wants=True,
    event="group.user_membership.add",
)

REMOVE_FROM_GROUP: Final = Action(
    id="remove-from-group",
    title="Remove from a group",
    key="",
    capability=Capability.PROVISIONING,
    endpoint=endpoints.REMOVE_MEMBER,
    aims=(TargetKind.GROUP,),
    states=ALIVE,
    sentence="{name} will be removed from the group {group}.",
    effect="They lose every app and every right that only this group gave them; an app may delete their account in it.",
    danger=Danger.DISRUPTIVE,
    roles=CHANGES_MEMBERS,
    permissions=MEMBERS,
    steps=(GROUP_PAGE, CHECK, "Search the People tab for {login}, and choose x beside them."),
    wants=False,
    event="group.user_membership.remove",
)

ASSIGN_APP: Final = Action(
    id="assign-app",
    title="Assign an app",
    key="",
    capability=Capability.PROVISIONING,
    endpoint=endpoints.ASSIGN_APP,
    body={"id": "{id}", "scope": "USER"},
    aims=(TargetKind.APP,),
    states=ALIVE,
    sentence="{app} will be assigned to {name} directly.",
    effect="They find it on their Okta dashboard. It stays theirs until somebody takes it away again.",
    danger=Danger.ROUTINE,
    roles=ASSIGNS,
    permissions=("okta.apps.assignment.manage", "okta.users.appAssignment.manage"),
    steps=(APP_PAGE, CHECK, "Choose Assignments > Assign > Assign to People, then Assign beside {login}, and Done."),
    wants=True,
    event="application.user_membership.add",
)

UNASSIGN_APP: Final = Action(
    id="unassign-app",
    title="Unassign an app",
    key="",
    capability=Capability.PROVISIONING,
    endpoint=endpoints.UNASSIGN_APP,
    query={"sendEmail": "false"},
    aims=(TargetKind.APP,),
    states=ALIVE,
    sentence="{app} will be taken away from {name}.",
    effect="They lose it on their Okta dashboard. The app may delete or deactivate their account and its data: "
    "that cannot be undone from here.",
    danger=Danger.DESTRUCTIVE,
    roles=ASSIGNS,
    permissions=("okta.apps.assignment.manage", "okta.users.appAssignment.manage"),
    steps=(APP_PAGE, CHECK, "Choose Assignments > People, and choose x beside {login}."),
    wants=False,
    event="application.user_membership.remove",
)

GIVE_APP_TO_GROUP: Final = Action(
    id="give-app-to-group",
    title="Give an app to a group",
    key="",
    capability=Capability.PROVISIONING,
    endpoint=endpoints.ASSIGN_APP_GROUP,
    aims=(TargetKind.APP, TargetKind.GROUP),
    states=ALIVE,
    sentence="{app} will be given to everybody in the group {group}, {name} among them.",
    effect="Every member, now and later, gets the app; licences are used accordingly.",
    danger=Danger.DESTRUCTIVE,
    roles=ASSIGNS,
    permissions=("okta.apps.assignment.manage", "okta.groups.appAssignment.manage"),
    steps=(APP_PAGE, "Choose Assignments > Assign > Assign to Groups, then Assign beside {group}, and Done."),
    wants=True,
    event="group.application_assignment.add",
)
