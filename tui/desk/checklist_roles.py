"""The checklist's lines about admin roles: the smallest set of standard ones, or a custom role instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.desk import needs
from tui.desk.checklist import Item, Section
from tui.desk.connector import SignInKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.desk.needs import Need
    from tui.okta.policy import Capability, Mode


@dataclass(frozen=True, slots=True)
class Choices:
    """What the list is made from; as `checklist` takes it.

    `admin` is the Admin Console's address; without one, `console` says in a sentence where it is instead.
    """

    admin: str
    kind: SignInKind
    capabilities: frozenset[Capability]
    mode: Mode
    pipeline: str
    client_id: str
    public_jwk: Mapping[str, str]
    limited_groups: bool
    console: str = ""

    @property
    def needed(self) -> tuple[Need, ...]:
        """What the choices need."""
        return needs.needed(self.capabilities, self.mode)

    @property
    def roles(self) -> tuple[str, ...]:
        """The smallest set of standard roles."""
        return needs.smallest_roles(self.needed, limited=self.limited_groups)

    def page(self, path: str) -> str:
        """A page of the org's Admin Console; empty where its address cannot be told."""
        return f"{self.admin}{path}" if self.admin else ""

    def app(self, tab: str = "") -> str:
        """The service app's page, or the list of apps where it does not exist yet."""
        if self.client_id.isascii() and self.client_id.isalnum():
            return self.page(f"/admin/app/oidc_client/instance/{self.client_id}{tab}")
        return self.page("/admin/apps/active")


def standard(choices: Choices) -> Section:
    """The smallest set of standard roles, and how to limit them."""
    jwt = choices.kind is SignInKind.PRIVATE_KEY_JWT
    where = "the app's “Admin roles” tab" if jwt else "Security > Administrators"
    link = choices.app() if jwt else choices.page("/admin/access/admins")
    items = [
        Item(f"role:{role}", f"Assign {needs.ROLE[role]}.", f"For {_for(choices, role)}.", link)
        for role in choices.roles
    ]
    limitable = [role for role in choices.roles if role in needs.LIMITABLE]
    if limitable:
        names = needs.role_words(limitable, last="and")
        items.append(
            Item(
                "role:groups",
                f"Limit {names} to the groups whose members keydesk is for.",
                "keydesk then finds and changes nobody else. Without a last group the role reaches everybody again.",
                link,
                optional=not choices.limited_groups,
            )
        )
    if choices.limited_groups and (wide := [role for role in choices.roles if role not in needs.LIMITABLE]):
        items.append(
            Item(
                "role:wide",
                f"Know that {needs.role_words(wide, last='and')} cannot be limited to groups.",
                _wide(choices),
                link,
            )
        )
    if needs.APP in choices.roles:
        items.append(
            Item(
                "role:apps",
                "Limit Application Administrator to the apps that keydesk may assign.",
                "Without a limit it may change every app's settings.",
                link,
                optional=True,
            )
        )
    return Section(f"Admin roles: {where} (takes a super admin)", tuple(items))


def _wide(choices: Choices) -> str:
    what = [need.what for need in choices.needed if not set(need.roles) & needs.LIMITABLE]
    return f"With it keydesk can read everybody. It is there for {'; '.join(dict.fromkeys(what))}."


def _for(choices: Choices, role: str) -> str:
    """What a role of the smallest set is for: what none of the set that comes before it allows."""
    order = needs.preferred(choices.roles, limited=choices.limited_groups)
    before = set(order[: order.index(role)])
    mine = [need for need in choices.needed if role in need.roles]
    alone = [need.what for need in mine if not before & set(need.roles)]
    return "; ".join(dict.fromkeys(alone or [need.what for need in mine]))


def custom(choices: Choices) -> Section:
    """The other way: a custom role with exactly these permissions, and standard ones for what it cannot do."""
    permissions = needs.permissions(choices.needed)
    rest = [need for need in choices.needed if not need.permissions]
    resources = dict.fromkeys(resource for need in choices.needed for resource in need.resources)
    groups = "the members of the chosen groups" if choices.limited_groups else "all people, or the members of groups"
    held = {"users": groups, "groups": "the groups", "apps": "the apps"}
    link = choices.page("/admin/access/admins")
    if not permissions or set(choices.roles) <= set(needs.smallest_roles(rest)):
        return Section("", ())  # standard roles are needed all the same, and do for everything
    items = [
        Item(
            "custom:role",
            "Under Roles create a role with exactly these permissions.",
            "It allows what you chose, and nothing else.",
            link,
            ", ".join(permissions),
            optional=True,
        ),
        Item(
            "custom:resources",
            f"Under Resources create a resource set with {_and(held[name] for name in resources)}.",
            "Permissions on people need people in the resource set; groups alone do not bring their members.",
            link,
            optional=True,
        ),
        Item(
            "custom:assign",
            "Assign role and resource set to "
            + ("the app." if choices.kind is SignInKind.PRIVATE_KEY_JWT else "the service account."),
            "It takes the place of the standard roles above.",
            link,
            optional=True,
        ),
    ]
    if rest:
        roles = needs.smallest_roles(rest)
        items.append(
            Item(
                "custom:rest",
                f"Beside it assign {needs.role_words(roles, last='and')}.",
                f"No custom role can do this: {'; '.join(dict.fromkeys(need.what for need in rest))}.",
                link,
                optional=True,
            )
        )
    return Section(
        "Instead of standard roles, with even less power: a custom role, Security > Administrators", tuple(items)
    )


def _and(parts: Iterable[str]) -> str:
    found = list(parts)
    return " and ".join(filter(None, (", ".join(found[:-1]), found[-1]))) if found else "nothing"
