"""Apps, their assignments, group rules and password policies, as frozen values."""

from __future__ import annotations

from typing import Any

from msgspec import field

from tui.okta.models import Id, Value  # noqa: TC001 - msgspec reads the annotations


class Visibility(Value, frozen=True):
    """The places where an app is hidden from people."""

    hide: dict[str, Any] | None = None


class AppEmbedded(Value, frozen=True):
    """The part of an app that Okta sends on request: the assignment of one person."""

    user: AppUser | None = None


class App(Value, frozen=True):
    """An app of the org (Okta: "Applications"); `features` name what is provisioned: `PUSH_NEW_USERS`."""

    id: Id
    label: str | None = None
    name: str | None = None
    status: str | None = None
    features: list[str] | None = None
    sign_on_mode: str | None = None
    visibility: Visibility | None = None
    embedded: AppEmbedded | None = field(default=None, name="_embedded")

    @property
    def title(self) -> str:
        """The label that people see, else the catalogue's name, else the id."""
        return self.label or self.name or self.id

    @property
    def provisions(self) -> bool:
        """Whether Okta creates and deactivates accounts in the app."""
        return bool(self.features)


class AppUser(Value, frozen=True):
    """A person's assignment to an app; `scope` is USER (direct) or GROUP (Okta: "Application Users")."""

    id: Id
    scope: str | None = None
    status: str | None = None
    sync_state: str | None = None
    status_changed: str | None = None
    external_id: str | None = None
    credentials: dict[str, Any] | None = None


class AppGroup(Value, frozen=True):
    """A group's assignment to an app (Okta: "Application Groups")."""

    id: Id
    priority: int | None = None


class GroupIds(Value, frozen=True):
    """The groups that a rule fills."""

    group_ids: list[str] | None = None


class RuleActions(Value, frozen=True):
    """The actions of a group rule."""

    assign_user_to_groups: GroupIds | None = None


class GroupRule(Value, frozen=True):
    """A rule that fills groups; `status` ACTIVE, INACTIVE or INVALID (Okta: "Group Rules")."""

    id: Id
    name: str | None = None
    status: str | None = None
    actions: RuleActions | None = None

    def fills(self, group_id: str) -> bool:
        """Whether the rule is active and adds people to a group."""
        ids = self.actions.assign_user_to_groups if self.actions else None
        return self.status == "ACTIVE" and group_id in ((ids.group_ids if ids else None) or ())


class PasswordPolicy(Value, frozen=True):
    """A password policy (Okta: "Policies"); conditions and settings as Okta writes them."""

    id: Id
    name: str | None = None
    status: str | None = None
    priority: int | None = None
    system: bool | None = None
    conditions: dict[str, Any] | None = None
    settings: dict[str, Any] | None = None


class PolicyRule(Value, frozen=True):
    """A rule of a password policy (Okta: "Policies", password rules).

    `conditions` say for whom and in which networks the rule counts, `actions` whether people may help themselves.
    """

    id: Id
    name: str | None = None
    status: str | None = None
    priority: int | None = None
    conditions: dict[str, Any] | None = None
    actions: dict[str, Any] | None = None
