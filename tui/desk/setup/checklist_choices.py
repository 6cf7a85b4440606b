"""The choices that the checklist is made from, and what follows from them: needs, roles, pages of the Admin Console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from tui.desk.actions import needs
from tui.okta.policy import Capability, SoftwareBy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.actions.needs import Need
    from tui.desk.connectors.connector import SignInKind
    from tui.okta.policy import Mode


class Choices(Struct, frozen=True):
    """The choices that the checklist depends on; `checklist` describes those that are its own parameters.

    Attributes:
        admin: The address of the Admin Console; empty where it does not follow from the org's address.
        kind: The way of signing in.
        capabilities: The capabilities that are switched on.
        mode: Read-only or read-write.
        pipeline: The org's engine.
        client_id: The service app's client id.
        public_jwk: The public key.
        limited_groups: Whether keydesk should reach the members of chosen groups only.
        console: Where `admin` is empty, a sentence on how to open the Admin Console.
        software_by: What may be used to give people software.
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
    software_by: SoftwareBy = SoftwareBy.GROUPS_AND_APPS

    @property
    def needed(self) -> tuple[Need, ...]:
        """The needs of these choices."""
        return needs.needed(self.capabilities, self.mode, self.software_by)

    @property
    def by_groups_only(self) -> bool:
        """Whether software is given by groups only, so that no right on apps is to be given."""
        return self.software_by is SoftwareBy.GROUPS and Capability.PROVISIONING in self.capabilities

    @property
    def custom_role_does(self) -> bool:
        """Whether a custom role alone meets all needs of a connector that gives software by groups only."""
        return self.by_groups_only and all(need.permissions for need in self.needed)

    @property
    def roles(self) -> tuple[str, ...]:
        """The smallest set of standard roles that meets the needs."""
        return needs.smallest_roles(self.needed, limited=self.limited_groups)

    def page(self, path: str) -> str:
        """Return the address of a page of the Admin Console; empty where the Console's address is not known."""
        return f"{self.admin}{path}" if self.admin else ""

    def app(self, tab: str = "") -> str:
        """Return the address of the service app's page, or of the list of apps while there is no app yet."""
        if self.client_id.isascii() and self.client_id.isalnum():
            return self.page(f"/admin/app/oidc_client/instance/{self.client_id}{tab}")
        return self.page("/admin/apps/active")
