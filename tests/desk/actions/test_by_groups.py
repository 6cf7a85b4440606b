"""Software by groups only: what is asked of Okta, and why an action on apps is not possible."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from tests.desk.support import by_groups_session, service_session, user_id
from tui.desk.actions import needs
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause
from tui.okta.policy import Capability, Mode, SoftwareBy

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tui.demo.org import Org

ALL = frozenset(Capability)
GROUPS = SoftwareBy.GROUPS
SMALL = {Capability.IDENTIFY, Capability.PROVISIONING}
ON_APPS = ("assign-app", "unassign-app", "give-app-to-group")


def test_no_scope_role_or_permission_on_apps_is_asked_for() -> None:
    for capabilities, mode in product((ALL, SMALL, {Capability.PROVISIONING}), Mode):
        wanted = needs.needed(capabilities, mode, GROUPS)
        assert not any("apps" in scope for scope in needs.scopes(capabilities, mode, GROUPS))
        assert not any("apps" in scope for scope in needs.purposes(capabilities, mode, GROUPS))
        assert not any("apps" in name.lower() for name in needs.permissions(wanted))
        assert needs.APP not in needs.smallest_roles(wanted)
        both = needs.scopes(capabilities, mode)
        assert set(needs.scopes(capabilities, mode, GROUPS)) == {scope for scope in both if "apps" not in scope}
        assert "okta.apps.read" in both


def test_finding_people_and_giving_by_groups_takes_four_permissions_or_one_small_role() -> None:
    wanted = needs.needed(SMALL, Mode.READ_WRITE, GROUPS)
    assert needs.scopes(SMALL, Mode.READ_WRITE, GROUPS) == (
        "okta.groups.manage", "okta.groups.read", "okta.orgs.read", "okta.users.read",
    )  # fmt: skip
    assert needs.permissions(wanted) == (
        "okta.groups.members.manage", "okta.groups.read", "okta.users.groupMembership.manage", "okta.users.read",
    )  # fmt: skip
    assert needs.smallest_roles(wanted) == ("GROUP_MEMBERSHIP_ADMIN",)


async def test_an_action_on_apps_names_the_choice_before_anything_else(desk: Desk, org: Org) -> None:
    person = await desk.session().person(user_id(org, "bob.martin"))
    for mode in Mode:
        session = by_groups_session(desk, mode)
        for name in ON_APPS:
            found = session.obstacle(ACTIONS[name], person)
            assert found is not None
            assert (found.cause, found.reason) == (Cause.BY_GROUPS_ONLY, "this connector gives software by groups only")
            assert "group" in found.advice
            assert "reads and changes no app; nothing is lacking at Okta" in found.why
            assert "if the connector gave software by apps too (F5, then ctrl+e)" in found.allows
            assert not found.for_nobody
    assert by_groups_session(desk).obstacle(ACTIONS["add-to-group"], person) is None
    assert service_session(desk, "service").obstacle(ACTIONS["assign-app"], person) is None
